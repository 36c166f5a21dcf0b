internal import FixACLKit
internal import AWSKit

extension InventoryProblem {
  /// The message about a report that cannot be used.
  ///
  /// - Parameters:
  ///   - bucket: the bucket that is planned.
  ///   - folder: for temporary files.
  func message(bucket: String, folder: String, isFolderChosen: Bool) -> Message {
    let setup =
      "fixacl plan \(SameCommand.quoted(SameCommand.bucket(bucket))) --inventory-setup s3://DESTINATION/PREFIX"
      + SameCommand.planOptions
    switch self {
    case .unreadable(let name, let error):
      return Message(.error, "inventory", "fixacl cannot read \(name)", error)
    case .file(let error):
      return Message(
        .error, "inventory",
        "the report was not read to its end, so fixacl wrote no plan: \(error). What is read of a report is kept in"
          + " \(folder.escapedForTerminal), which must be writable and have space."
          + (isFolderChosen ? " TMPDIR names another folder." : ""))
    case .notManifest(let place, let detail):
      return Message(
        .error, "inventory", "\(place) is not the manifest of an S3 Inventory report: \(detail).",
        advice: "Name a report's manifest.json.")
    case .otherChecksum(let place):
      return Message(
        .error, "inventory", "\(place) is damaged: its MD5 is not the one in manifest.checksum beside it.",
        advice: "Copy the report again, or use another one.")
    case .incomplete(let place):
      return Message(
        .error, "inventory",
        "\(place) has no manifest.checksum beside it, which S3 writes when a report is complete.",
        advice: "Copy the whole folder of the report, or use an earlier one.")
    case .otherBucket(let report, let planned):
      return Message(
        .error, "usage",
        "the report is about bucket \(report.escapedForTerminal), and not about \(planned.escapedForTerminal).",
        advice: "Name a report of the bucket to plan.")
    case .unknownFormat(let format):
      return Message(
        .error, "inventory", "the report is in \(format.escapedForTerminal). fixacl reads CSV and Parquet.",
        advice: "Set up an inventory in one of these:", commands: [setup])
    case .missingColumns(let names):
      return Message(
        .error, "inventory", "the report lacks what a plan needs: \(names.joined(separator: ", ")).",
        advice: "Set up an inventory that has it, and wait for its first report:", commands: [setup])
    case .onlyCurrentVersions:
      return Message(
        .error, "inventory", "the report tells of current versions only, and --all-versions needs old ones too.",
        advice: "Set up an inventory of all versions, and wait for its first report:",
        commands: [setup.hasSuffix(" --all-versions") ? setup : setup + " --all-versions"])
    case .damaged(let name, let detail):
      return Message(
        .error, "inventory",
        "\(name.escapedForTerminal) is damaged: \(detail.escapedForTerminal). fixacl wrote no plan.",
        advice: "Copy the report again, or use another one.")
    case .tooManyVersions(let key):
      return Message(
        .error, "inventory", "\(key) has more versions than fixacl can sort.",
        advice: "Leave out --all-versions, or --inventory.", key: key)
    case .interrupted: return Message(.error, "interrupted", "interrupted.")
    }
  }
}

extension InventoryNotice {
  /// A report that is older is no news: S3 makes one a day or a week, and may take two days for the first.
  private static let oldSeconds = 48 * 3600

  /// The notice for stderr.
  var message: Message {
    switch self {
    case .report(let place, let created, let now):
      let age = max(0, now.seconds - created.seconds)
      let isOld = age > Self.oldSeconds
      return Message(
        isOld ? .warning : .note, isOld ? "report-old" : "report",
        "the plan is made from the report \(place) of \(created.extended), which is"
          + " \(age >= 2 * 86_400 ? "\(age / 86_400) days" : Quantity.duration(seconds: Double(age))) old.",
        advice: isOld
          ? "It does not tell of objects that were uploaded since. apply looks at each object again before it changes it."
          : nil)
    case .noStorageClasses:
      return Message(
        .note, "report-storage-class",
        "the report has no column StorageClass: the plan's costs are those of objects in STANDARD.")
    case .setupInterrupted(let bucket, let destination, let hasPolicy):
      return Message(
        .warning, "setup-interrupted",
        (hasPolicy
          ? "the policy of s3://\(destination) allows S3 to write reports"
          : "the policy of s3://\(destination) is as it was")
          + ", and fixacl did not get to the inventory of s3://\(bucket).",
        advice: "Run the same command again to do the rest.")
    case .lookedUp(let count, let refresh):
      let objects = Quantity.count(count, "object")
      return Message(
        .note, "report-looked-up",
        refresh == .none
          ? "fixacl looked up \(objects) of which the report does not tell enough."
          : "fixacl looked at \(objects) again (--refresh \(refresh.rawValue)).")
    }
  }
}
