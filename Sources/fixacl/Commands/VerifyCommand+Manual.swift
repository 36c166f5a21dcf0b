extension VerifyCommand: Documented {
  static let manual = Manual(
    examples: [
      Manual.Example("Every object", "fixacl verify fix.json"),
      Manual.Example(
        "A thousand, also through CloudFront", "fixacl verify fix.json --sample 1000 --through-cloudfront"),
    ],
    environment: Manual.Term.credentials + [.viewer],
    statuses: [
      Manual.Status(.done, "Every object is as planned."), Manual.Status(.failed, "Nothing could be read."),
      Manual.Status(
        .changes, "Objects differ, are blocked, or could not be read; or CloudFront does not serve some."),
      Manual.Status(
        .partlyDone, "A hopeless run was stopped after some were read; or CloudFront could not be asked."), .usage,
      Manual.Status(.interrupted, "Interrupted."),
    ])
}
