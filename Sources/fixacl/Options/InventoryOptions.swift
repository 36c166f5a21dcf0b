internal import ArgumentParser
internal import FixACLKit

extension InventoryRefresh: ExpressibleByArgument {}

/// Making a plan from a report of S3 Inventory instead of a listing.
struct InventoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take the objects from this S3 Inventory report instead of listing the bucket: s3://BUCKET/.../manifest.json, or a"
        + " copy of it.", valueName: "manifest"), completion: .file(extensions: ["json"]),
    transform: { try InventoryArgument($0) })
  var inventory: InventoryArgument?

  @Option(
    help: ArgumentHelp(
      "What to look at again. none: what the report does not tell. changed: each object that would change. all: each"
        + " foreign object.", valueName: "none|changed|all"))
  var refresh: InventoryRefresh?

  func validate() throws {
    guard refresh == nil || inventory != nil else { throw ValidationError("--refresh goes with --inventory.") }
  }

  /// Has the plan made from the report, if one is named.
  func apply(to request: inout PlanRequest, _ selection: SelectionOptions) throws(UsageError) {
    guard let inventory else { return }
    guard selection.keysFrom == nil else { throw UsageError("--inventory and --keys-from exclude each other.") }
    request.inventory = inventory.place
    request.refresh = refresh ?? .none
  }
}

/// Setting up an inventory whose reports a plan can be made from.
struct InventorySetupOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Print how to set up an inventory that writes such reports to this place, in the region of the bucket; no plan is"
        + " made. --prefix and --all-versions go with it.", valueName: "s3://bucket/prefix"),
    transform: { try InventoryDestination($0) })
  var inventorySetup: InventoryDestination?

  @Flag(help: "With --inventory-setup: set it up, and keep other statements of the destination's policy.")
  var yes = false

  func validate() throws {
    guard !yes || inventorySetup != nil else { throw ValidationError("--yes goes with --inventory-setup.") }
  }
}

/// Where S3 writes reports, as users name it: `s3://BUCKET/PREFIX`.
struct InventoryDestination: Sendable {
  let bucket: String
  /// Empty for none.
  let prefix: String

  init(_ text: String) throws {
    guard text.hasPrefix("s3://"), let place = try? BucketArgument(text) else {
      throw ValidationError("the place for reports is s3://BUCKET or s3://BUCKET/PREFIX.")
    }
    bucket = place.name
    prefix = place.prefix ?? ""
  }
}

/// A manifest as users name it.
struct InventoryArgument: Sendable {
  let place: InventoryPlace

  init(_ text: String) throws {
    guard let place = InventoryPlace(text) else {
      throw ValidationError("a report's manifest is s3://BUCKET/.../manifest.json, or the path of such a file.")
    }
    self.place = place
  }
}
