extension ExplainCommand: Documented {
  static let manual = Manual(
    examples: [
      Manual.Example(
        "As the distribution that serves the URL",
        "fixacl explain https://www.example.com/index.html --owner-profile uploader"),
      Manual.Example("As an OAI", "fixacl explain s3://my-bucket/index.html --oai E74FTE3AEXAMPLE"),
      Manual.Example(
        "Who was refused what, since when",
        "fixacl explain s3://my-bucket/index.html --access-logs s3://my-logs/s3/"),
    ],
    environment: Manual.Term.credentials + [.viewer],
    statuses: [
      Manual.Status(.done, "All readers are allowed."),
      Manual.Status(.failed, "There is nothing to explain."),
      Manual.Status(.changes, "A reader is denied."), Manual.Status(.partlyDone, "fixacl cannot tell."), .usage,
      Manual.Status(.interrupted, "Interrupted."),
    ])
}
