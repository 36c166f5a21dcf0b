extension PlanCommand: Documented {
  static let manual = Manual(
    examples: [
      Manual.Example(
        "For every reader that the bucket policy allows",
        "fixacl plan my-bucket --owner-profile uploader -o fix.json"),
      Manual.Example(
        "For one CloudFront distribution", "fixacl plan my-bucket --distribution E2QWRUHEXAMPLE -o fix.json"),
      Manual.Example(
        "Only the keys that were refused, by the access logs",
        "fixacl explain s3://my-bucket/a.png --access-logs logs --refused-keys keys.txt",
        "fixacl plan my-bucket --keys-from keys.txt -o fix.json"),
      Manual.Example(
        "From a report of S3 Inventory, without listing the bucket",
        "fixacl plan my-bucket --inventory s3://reports/b/manifest.json -o fix.json"
      ),
      Manual.Example(
        "For a script: are there changes?", "fixacl plan my-bucket --detailed-exitcode --quiet -o fix.json"),
    ],
    environment: Manual.Term.credentials + [.stateHome],
    files: [
      Manual.Term("FILE.checkpoint", "A scan that was not completed, beside the plan of --output."),
      Manual.Term(
        "~/.local/state/fixacl", "Without --output: plans that were made on a terminal, and checkpoints."),
    ],
    statuses: [
      Manual.Status(.done, "The plan is written."), Manual.Status(.failed, "No plan is written."),
      Manual.Status(.changes, "With --detailed-exitcode: there are changes."), .usage,
      Manual.Status(.interrupted, "Interrupted. The same command resumes."),
    ])
}
