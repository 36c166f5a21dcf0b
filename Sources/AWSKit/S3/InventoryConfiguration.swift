/// An inventory of a bucket: what its reports tell, how often, and where S3 writes them.
package struct InventoryConfiguration: Sendable, Equatable {
  package let id: String
  /// The destination bucket's ARN.
  package let destination: String
  /// Without a slash at its end, with which S3 writes reports that name no file (AWS's documentation shows it without).
  package let destinationPrefix: String?
  /// Of the keys that reports tell of; nil for all.
  package let prefix: String?
  package let allVersions: Bool
  package let fields: [String]
  package let format: String
  package let frequency: String
  package var isEnabled = true

  package init(
    id: String, destination: String, destinationPrefix: String?, prefix: String?, allVersions: Bool, fields: [String],
    format: String = "CSV", frequency: String = "Daily"
  ) {
    self.id = id
    self.destination = destination
    self.destinationPrefix = destinationPrefix
    self.prefix = prefix
    self.allVersions = allVersions
    self.fields = fields
    self.format = format
    self.frequency = frequency
  }

  /// `Current` or `All`.
  package var versions: String { allVersions ? "All" : "Current" }

  /// Whether both make the same reports.
  package func isSame(as other: InventoryConfiguration) -> Bool {
    var left = self
    var right = other
    (left, right) = (left.sorted, right.sorted)
    return left == right
  }

  private var sorted: InventoryConfiguration {
    var copy = InventoryConfiguration(
      id: id, destination: destination, destinationPrefix: destinationPrefix, prefix: prefix, allVersions: allVersions,
      fields: fields.sorted(), format: format, frequency: frequency)
    copy.isEnabled = isEnabled
    return copy
  }

  fileprivate var document: XMLWriter {
    var writer = XMLWriter()
    writer.element(
      "InventoryConfiguration", attributes: " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""
    ) { writer in
      writer.element("Destination") { writer in
        writer.element("S3BucketDestination") { writer in
          writer.element("Bucket", text: destination)
          writer.element("Format", text: format)
          if let destinationPrefix { writer.element("Prefix", text: destinationPrefix) }
        }
      }
      writer.element("IsEnabled", text: "\(isEnabled)")
      if let prefix { writer.element("Filter") { $0.element("Prefix", text: prefix) } }
      writer.element("Id", text: id)
      writer.element("IncludedObjectVersions", text: versions)
      writer.element("OptionalFields") { writer in
        for field in fields { writer.element("Field", text: field) }
      }
      writer.element("Schedule") { $0.element("Frequency", text: frequency) }
    }
    return writer
  }

  fileprivate init(parsing bytes: [UInt8]) throws(XMLError) {
    let root = try XMLElement(parsing: bytes, root: "InventoryConfiguration")
    let place = root["Destination"]?["S3BucketDestination"]
    self.init(
      id: root["Id"]?.text ?? "", destination: place?["Bucket"]?.text ?? "",
      destinationPrefix: place?["Prefix"]?.text, prefix: root["Filter"]?["Prefix"]?.text,
      allVersions: root["IncludedObjectVersions"]?.text == "All",
      fields: root["OptionalFields"]?.all("Field").map(\.text) ?? [], format: place?["Format"]?.text ?? "",
      frequency: root["Schedule"]?["Frequency"]?.text ?? "")
    isEnabled = root["IsEnabled"]?.text == "true"
  }
}

extension AWSClient {
  /// GetBucketInventoryConfiguration. Needs `s3:GetInventoryConfiguration`.
  ///
  /// - Returns: nil if there is none of that ID.
  package func inventoryConfiguration(bucket: String, id: String) async throws(AWSError) -> InventoryConfiguration? {
    do {
      return try await run(
        AWSOperation(
          "GetBucketInventoryConfiguration", bucket: bucket, query: [("inventory", ""), ("id", id)]
        ) { response throws(XMLError) in try InventoryConfiguration(parsing: response.body) })
    } catch {
      guard error.code == "NoSuchConfiguration" || error.code == "NoSuchInventoryConfiguration" else { throw error }
      return nil
    }
  }

  /// PutBucketInventoryConfiguration. Needs `s3:PutInventoryConfiguration`.
  package func putInventoryConfiguration(
    _ configuration: InventoryConfiguration, bucket: String
  ) async throws(AWSError) {
    var operation = AWSOperation(
      "PutBucketInventoryConfiguration", .put, bucket: bucket,
      query: [("inventory", ""), ("id", configuration.id)], document: configuration.document,
      parse: AWSOperation<Void>.expectNoError)
    // Twice has the same result.
    operation.repetition = .always
    try await run(operation)
  }
}
