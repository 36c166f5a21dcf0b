extension RollbackCommand: Documented {
  static let manual = Manual(
    examples: [
      Manual.Example("Look, and change nothing", "fixacl rollback fix.json --dry-run"),
      Manual.Example("Undo", "fixacl rollback fix.json"),
      Manual.Example("Undo without the plan", "fixacl rollback fix.json.journal"),
    ],
    environment: Manual.Term.credentials,
    files: [Manual.Term("PLAN.journal", "What apply did. rollback records in it what was undone.")],
    statuses: [
      Manual.Status(.done, "Everything is undone; or --limit was reached."),
      Manual.Status(.failed, "Nothing was done: the run was refused, or hopeless from the start."),
      Manual.Status(.partlyDone, "Some objects failed, are stale, or cannot be undone."), .usage,
      Manual.Status(
        .interrupted, "Interrupted, after the writes in flight had ended. The same command resumes."),
    ])
}
