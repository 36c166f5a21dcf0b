import AWSKit
import Crypto
import FixACLKit

extension FuzzTarget {
  /// Reports of S3 Inventory: what whoever may write into the destination bucket can have written into it.
  static let inventory = [
    FuzzTarget("inventory-manifest") { bytes in
      guard let reading = open(manifest: bytes) else { return }
      // Its files are nowhere.
      read(reading, allVersions: false)
    },
    /// Bit 0 of the first byte is whether there are versions, bit 1 whether they are wanted; the rest is the file.
    FuzzTarget("inventory-csv") { bytes in
      let flags = bytes.first ?? 0
      read(gzip(Array(bytes.dropFirst())), format: "CSV", hasVersions: flags & 1 != 0, wantsVersions: flags & 2 != 0)
    },
    FuzzTarget("inventory-parquet") { bytes in
      let hasVersions = bytes.firstRange(of: Array("version_id".utf8)) != nil
      read(bytes, format: "Parquet", hasVersions: hasVersions, wantsVersions: hasVersions)
    },
  ]

  private static let names = [
    "Bucket", "Key", "Size", "LastModifiedDate", "ETag", "EncryptionStatus", "ObjectAccessControlList", "ObjectOwner",
  ]

  private static func read(_ file: [UInt8], format: String, hasVersions: Bool, wantsVersions: Bool) {
    FuzzFolder.shared.write(file, to: "data")
    let columns = names + (hasVersions ? ["VersionId", "IsLatest", "IsDeleteMarker"] : [])
    let schema =
      format == "CSV"
      ? columns.joined(separator: ", ")
      : "message s3.inventory { \(columns.map { "optional binary \($0) (UTF8);" }.joined(separator: " ")) }"
    let manifest = """
      {"sourceBucket":"b","destinationBucket":"arn:aws:s3:::reports","creationTimestamp":"1700000000000",
      "fileFormat":"\(format)","fileSchema":"\(schema)",
      "files":[{"key":"data","size":\(file.count),"MD5checksum":"\(md5(file))"}]}
      """
    guard let reading = open(manifest: Array(manifest.utf8)) else { fatalError("property: the manifest is read") }
    read(reading, allVersions: wantsVersions)
  }

  private static func md5(_ bytes: [UInt8]) -> String { Hex.encode(Insecure.MD5.hash(data: bytes)) }

  private static func open(manifest: [UInt8]) -> InventoryReading? {
    FuzzFolder.shared.write(manifest, to: "manifest.json")
    FuzzFolder.shared.write(Array(md5(manifest).utf8), to: "manifest.checksum")
    let client = FuzzTransport { _ in HTTPResponse(status: 404) }.client()
    let place = InventoryPlace(FuzzFolder.shared.path("manifest.json"))
    require(place != nil, "a path is a place")
    return InlineExecutor.run {
      try? await InventoryReading(place!, client: client, stop: StopSignal())
    }
  }

  private static func read(_ reading: InventoryReading, allVersions: Bool) {
    let owner = CanonicalID("owner")
    let desired = Intent(
      grants: [Grant(.canonicalUser(CanonicalID("reader")), .read)], strategy: .auto, dropPublicGrants: .never,
      allVersions: allVersions, filter: KeyFilter())
    let report = InlineExecutor.run {
      try? await reading.read(
        desired: desired, bucketOwner: owner, folder: FuzzFolder.shared.path, sortBytes: 2048)
    }
    guard let report else { return }
    do {
      let keys = try report.keysToLookAt()
      require(keys.count <= report.rows, "an object has a row")
      for key in keys {
        require(key.isValidUTF8 && (1...ObjectKey.maximumLength).contains(key.bytes.count), "keys can be keys")
      }
      for (left, right) in zip(keys, keys.dropFirst()) {
        require(allVersions ? left <= right : left < right, "keys are in order")
      }
    } catch {
      require(error is InventoryProblem, "what was sorted can be read: \(error)")
    }
  }

  // MARK: gzip

  /// A gzip file that holds bytes as they are.
  private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var file: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
    func number(_ value: Int, bytes: Int) -> [UInt8] {
      (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var start = 0
    repeat {
      let end = min(bytes.count, start + 65535)
      file += [end == bytes.count ? 1 : 0] + number(end - start, bytes: 2) + number(~(end - start), bytes: 2)
      file += bytes[start..<end]
      start = end
    } while start < bytes.count
    var crc: UInt32 = .max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    return file + number(Int(~crc), bytes: 4) + number(bytes.count, bytes: 4)
  }
}
