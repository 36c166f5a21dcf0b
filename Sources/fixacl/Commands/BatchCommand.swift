internal import ArgumentParser

struct BatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Make the changes of a plan through S3 Batch Operations.",
    discussion: """
      For buckets that outgrow one machine. submit writes manifests, and creates the fewest jobs that can make the changes. \
      Each job waits until it is confirmed with --run. status shows how far the jobs are. collect reads their completion \
      reports into PLAN.journal, so that verify, rollback and a later apply work as usual. apply and rollback refuse to run \
      while jobs are in progress.
      S3 Batch Operations puts one ACL on all objects of a job, and does not check ETags. If somebody changes an object's ACL \
      between plan and task, that change is lost. collect --verify looks at every object again.
      Jobs live in the account that owns the objects, in the bucket's region. Copies are made in the bucket owner's \
      account. What no job can do stays with apply: copies over 5 GiB, for one.
      """,
    subcommands: [BatchSubmitCommand.self, BatchStatusCommand.self, BatchCollectCommand.self])
}
