package import AWSKit

extension Sandbox.VirtualBucket {
  /// How a report of computed objects is written to a folder.
  package struct Inventory: Sendable {
    package var destinationBucket = "inventory"
    package var prefix = ""
    package var id = "fixacl"
    /// Names of optional fields.
    package var fields = InventoryConfiguration.Field.allCases.map(\.rawValue)
    package var hasVersions = false
    package var rowsPerFile = 1_000_000
    /// Of the rows, 0 to 1: those whose ACL and owner are told as unavailable.
    package var unavailableShare = 0.0
    package var time = Timestamp.now()

    package init() {}

    /// The names of all optional fields.
    package static var allFields: [String] { InventoryConfiguration.Field.allCases.map(\.rawValue) }
  }

  /// Writes an inventory report of the bucket, of any size, as `aws s3 sync` of the destination lays it out.
  ///
  /// - Returns: the manifest's path.
  package func writeInventory(
    _ inventory: Inventory, to folder: String, accounts: AccountDirectory
  ) throws -> String {
    let columns = InventoryColumns(
      bucket: name, hasVersions: inventory.hasVersions,
      fields: InventoryConfiguration.Field.allCases.filter { inventory.fields.contains($0.rawValue) },
      ownerOfAllObjects: nil)
    let manifest = InventoryManifest(
      sourceBucket: name, destinationBucket: inventory.destinationBucket, prefix: inventory.prefix, id: inventory.id,
      schema: columns.schema, createdAt: inventory.time)
    return try VirtualInventory(
      objects(among: accounts).1, columns: columns, rowsPerFile: inventory.rowsPerFile,
      unavailableShare: inventory.unavailableShare
    ).write(to: folder, manifest: manifest)
  }
}
