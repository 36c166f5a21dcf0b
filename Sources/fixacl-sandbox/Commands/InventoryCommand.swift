internal import ArgumentParser
internal import Foundation
internal import SandboxKit

/// `fixacl-sandbox inventory`: an inventory report of computed objects, in a folder.
struct InventoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inventory", abstract: "Write an inventory report of a bucket of computed objects to a folder.",
    discussion: """
      The folder is laid out as 'aws s3 sync' of the report's destination lays it out: the manifest with its checksum, \
      and files of CSV with gzip, whose rows are not sorted. It takes the same memory however many rows there are.
      """)

  @Option(
    help: ArgumentHelp(
      "The bucket: bucket=NAME,count=N[,shape=SHAPE][,foreign=0.3][,acls=4], as serve has it.",
      valueName: "fields"))
  var virtual: Sandbox.VirtualBucket

  @Option(help: ArgumentHelp("Where the report is written.", valueName: "folder"))
  var output: String

  @Option(help: ArgumentHelp("The destination's bucket, as the manifest names it.", valueName: "bucket"))
  var destination = "inventory"

  @Option(help: ArgumentHelp("The destination's prefix.", valueName: "prefix"))
  var prefix = ""

  @Option(help: ArgumentHelp("The ID of the configuration.", valueName: "id"))
  var id = "fixacl"

  @Option(
    help: ArgumentHelp(
      "The optional fields, with commas; all unless it is given.", valueName: "fields"))
  var fields: String?

  @Flag(help: "A report of all versions, with the columns that they have.")
  var allVersions = false

  @Option(help: ArgumentHelp("The most rows of a file.", valueName: "rows"))
  var rowsPerFile = 1_000_000

  @Option(
    help: ArgumentHelp(
      "The share of rows whose ACL and owner are told as UNAVAILABLE, 0 to 1.", valueName: "share"))
  var unavailable = 0.0

  @Option(help: ArgumentHelp("Accounts from a JSON file, as serve takes it.", valueName: "file"))
  var accounts: String?

  private var names: [String] {
    fields?.split(separator: ",").map(String.init) ?? Sandbox.VirtualBucket.Inventory.allFields
  }

  func validate() throws {
    guard rowsPerFile > 0 else { throw ValidationError("--rows-per-file is above 0") }
    guard (0...1).contains(unavailable) else { throw ValidationError("--unavailable is from 0 to 1") }
    let known = Sandbox.VirtualBucket.Inventory.allFields
    if let name = names.first(where: { !known.contains($0) }) {
      throw ValidationError("'\(name)' is none of \(known.joined(separator: ", "))")
    }
  }

  func run() throws {
    var inventory = Sandbox.VirtualBucket.Inventory()
    inventory.destinationBucket = destination
    inventory.prefix = prefix
    inventory.id = id
    inventory.fields = names
    inventory.hasVersions = allVersions
    inventory.rowsPerFile = rowsPerFile
    inventory.unavailableShare = unavailable
    let directory = try accounts.map { try SandboxOptions.read($0) { try AccountDirectory(parsing: $0) } }
    var path = ""
    try SandboxFailure.describing(output) {
      path = try virtual.writeInventory(inventory, to: output, accounts: directory ?? AccountDirectory())
    }
    print(path)
  }
}
