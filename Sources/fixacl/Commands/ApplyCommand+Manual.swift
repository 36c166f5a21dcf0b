extension ApplyCommand: Documented {
  static let manual = Manual(
    examples: [
      Manual.Example("Look, and change nothing", "fixacl apply fix.json --dry-run"),
      Manual.Example("One object first, a canary", "fixacl apply fix.json --limit 1"),
      Manual.Example(
        "The rest. CloudFront has cached the 403s", "fixacl apply fix.json --invalidate auto"),
    ],
    environment: Manual.Term.credentials,
    files: [Manual.Term("PLAN.journal", "What was done: the undo, and where the next run resumes. Keep it.")],
    statuses: [
      Manual.Status(.done, "Everything is done; or --limit was reached."),
      Manual.Status(.failed, "Nothing was done: the run was refused, or hopeless from the start."),
      Manual.Status(
        .partlyDone,
        "Some objects failed, are stale or blocked; or everything is done, and CloudFront's caches are not invalidated."
      ),
      .usage,
      Manual.Status(
        .interrupted, "Interrupted, after the writes in flight had ended. The same command resumes."),
    ])
}
