internal import FixACLKit
internal import AWSKit

/// Writes how an inventory is set up, or what was made, to stdout.
enum InventorySetupView {
  static func show(_ report: InventorySetupReport, format: ResultFormat) throws {
    var writer = try ResultWriter()
    switch format {
    case .text: try write(report, &writer)
    case .json:
      var json = JSONWriter()
      json.object { json in
        json.member("event", "inventory-setup")
        json.member("bucket", report.setup.bucket)
        json.member("id", InventorySetup.id)
        json.member("reports", report.setup.reports)
        json.member("configuration", report.setup.configurationJSON)
        json.member("statement", report.setup.statement)
        json.name("commands")
        report.commands.write(to: &json)
        if let made = report.made {
          json.name("made")
          json.object { json in
            json.member("policy", made.policy)
            json.member("configuration", made.configuration)
          }
        }
      }
      try writer.writeJSON(json.bytes + CollectionOfOne(UInt8(ascii: "\n")))
    }
    try writer.finish()
  }

  private static func write(_ report: InventorySetupReport, _ writer: inout ResultWriter) throws {
    let setup = report.setup
    func paragraph(_ text: String) throws { try writer.paragraph(text, hanging: 0) }
    func command(_ text: String) throws { try writer.line("  " + text) }
    let what =
      "inventory '\(InventorySetup.id)' of s3://\(setup.bucket) (\(setup.configuration.allVersions ? "all versions" : "current versions"), CSV, daily)"
    if let made = report.made {
      try paragraph(
        made.policy
          ? "Added a statement to the policy of s3://\(setup.destination): S3 may write reports there."
          : "The policy of s3://\(setup.destination) already allows S3 to write reports there.")
      try paragraph(made.configuration ? "Set up \(what)." : "The \(what) is there already.")
    } else {
      try paragraph("Let S3 write reports to s3://\(setup.destination), which must be in the region of the bucket:")
      try command(report.commands[0])
      try writer.line()
      try paragraph("Set up \(what):")
      try command(report.commands[1])
      try writer.line()
      try paragraph("With --yes, fixacl does both, and keeps other statements of the policy.")
    }
    try writer.line()
    try paragraph("S3 may take up to 48 hours for the first report. Then:")
    try command(
      "fixacl plan \(SameCommand.quoted(SameCommand.bucket(setup.bucket)))"
        + " --inventory \(SameCommand.quoted(setup.reports))DATE/manifest.json\(SameCommand.planOptions)"
    )
  }
}
