extension ReconcileCommand: Documented {
  static let manual = Manual(
    examples: [
      Manual.Example("What would a run do?", "fixacl reconcile my-bucket --owner-profile uploader --plan-only"),
      Manual.Example(
        "Every 15 minutes, from a timer",
        "fixacl reconcile my-bucket --owner-profile uploader --metrics-file fixacl.prom"),
      Manual.Example(
        "Continue after a rail has stopped it, and you have looked",
        "fixacl reconcile my-bucket --owner-profile uploader --accept-new"),
    ],
    environment: Manual.Term.credentials + [
      Manual.Term("STATE_DIRECTORY", "The state folder of a service, which systemd sets, if --state-dir names none."),
      .stateHome,
    ],
    files: [
      Manual.Term(
        "STATE/BUCKET/last.json", "What the last good run knew: readers, owners, settings. A damaged one is an error."),
      Manual.Term(
        "STATE/BUCKET/TIME.plan.json, TIME.plan.json.journal", "A run that changed something, and its undo."),
      Manual.Term(
        "STATE/BUCKET/TIME.held.plan.json", "A plan that waits for you to look at it: the newest three."),
      Manual.Term("STATE/BUCKET/lock", "Held while a run of this bucket is in progress."),
    ],
    statuses: [
      Manual.Status(.done, "All is well: everything is repaired, or nothing had to be done."),
      Manual.Status(.failed, "Failed: the run was refused, or could make no plan."),
      Manual.Status(.changes, "With --plan-only: there are changes."),
      Manual.Status(
        .partlyDone,
        "Some objects failed, are stale, blocked, left for the next run, or differ in the sample; or --max-duration or"
          + " --max-failures ended the run."),
      Manual.Status(.guarded, "A guard rail stopped the run, and nothing was written. The plan is kept."), .usage,
      Manual.Status(.busy, "Another run of this bucket is in progress. Nothing was done."),
      Manual.Status(.interrupted, "Interrupted, after the writes in flight had ended. The next run does the rest."),
    ])
}
