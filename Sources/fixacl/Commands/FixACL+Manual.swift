extension FixACL: Documented {
  static let manual = Manual(
    examples: [
      Manual.Example("Why can nobody read this?", "fixacl explain https://www.example.com/index.html"),
      Manual.Example(
        "Find what to repair. This changes nothing",
        "fixacl plan my-bucket --profile site --owner-profile uploader -o fix.json"),
      Manual.Example("Look at it", "fixacl show fix.json"),
      Manual.Example("One object first, then the rest", "fixacl apply fix.json --limit 1", "fixacl apply fix.json"),
      Manual.Example("Check the result; undo it", "fixacl verify fix.json", "fixacl rollback fix.json"),
      Manual.Example(
        "From a timer, within guard rails", "fixacl reconcile my-bucket --owner-profile uploader"),
    ],
    environment: Manual.Term.credentials + Manual.Term.awsCLI + [
      .viewer, .stateHome,
      Manual.Term("NO_COLOR", "If set and not empty: no colours, unless --color asks for them."),
    ],
    files: [
      Manual.Term("~/.aws/config, ~/.aws/credentials", "Profiles, as the AWS CLI has them."),
      Manual.Term("PLAN.journal", "What apply did: the undo. Keep it with the plan."),
      Manual.Term(
        "~/.local/state/fixacl",
        "The state folder: plans that were not given a name, checkpoints, and a folder for each bucket of reconcile."),
    ],
    statuses: [
      Manual.Status(.done, "Done."),
      Manual.Status(.failed, "Failed. Nothing useful was produced."),
      Manual.Status(
        .changes,
        "There are changes or differences (plan --detailed-exitcode, reconcile --plan-only, verify), or a reader is denied"
          + " (explain)."),
      Manual.Status(
        .partlyDone, "Partly done: some objects failed, are stale or blocked. explain: it cannot tell."),
      Manual.Status(.guarded, "A guard rail stopped it, and nothing was written (reconcile)."), .usage,
      Manual.Status(.busy, "Another run of the bucket is in progress (reconcile)."),
      Manual.Status(.interrupted, "Interrupted. The same command resumes."),
    ])
}
