internal import Crypto
internal import Dispatch
internal import Foundation
internal import Synchronization
internal import AWSKit

/// An inventory report of computed objects, written to a folder as `aws s3 sync` of the destination would lay it out, in
/// constant memory.
struct VirtualInventory: Sendable {
  let objects: VirtualObjects
  let columns: InventoryColumns
  let rowsPerFile: Int
  /// Of the rows, 0 to 1: those whose ACL and owner S3 could not tell.
  let unavailableShare: Double
  private let pieces: [Piece]
  /// By the place of an ACL: the text of the report; last that of one that is not known.
  private let acls: [[UInt8]]
  private let owners: [[UInt8]]

  /// What a row has after its key.
  private enum Piece: Sendable {
    case text([UInt8])
    case size, etag, acl, owner
  }

  init(_ objects: VirtualObjects, columns: InventoryColumns, rowsPerFile: Int, unavailableShare: Double) {
    self.objects = objects
    self.columns = columns
    self.rowsPerFile = rowsPerFile
    self.unavailableShare = unavailableShare
    acls = (objects.allACLs.map { Optional($0) } + [nil]).map { Array(InventoryColumns.text(of: $0).utf8) }
    owners = objects.allACLs.map { Array($0.owner.value.utf8) } + [Array("UNAVAILABLE".utf8)]
    var pieces: [Piece] = []
    var text = Array("\"".utf8)
    if columns.hasVersions { text += ",\"\",\"true\",\"false\"".utf8 }
    // All computed objects are alike in the rest.
    let example = objects.count > 0 ? objects.object(at: 0) : nil
    for field in columns.fields {
      text += ",\"".utf8
      let piece: Piece? =
        switch field {
        case .size: .size
        case .etag: .etag
        case .objectAccessControlList: .acl
        case .objectOwner: .owner
        default: nil
        }
      if let piece {
        pieces += [.text(text), piece]
        text = []
      } else if let example {
        text += columns.value(field, of: example, isACLKnown: true).utf8
      }
      text.append(UInt8(ascii: "\""))
    }
    text.append(UInt8(ascii: "\n"))
    pieces.append(.text(text))
    self.pieces = pieces
  }

  /// Writes files and manifest.
  ///
  /// - Returns: the manifest's path.
  func write(to folder: String, manifest: InventoryManifest) throws -> String {
    var manifest = manifest
    let fileCount = (objects.count + rowsPerFile - 1) / rowsPerFile
    let results = Mutex<[Int: Result<InventoryManifest.File, any Error>]>([:])
    try Self.makeFolder(of: "\(folder)/\(manifest.dataKey("x"))")
    let template = manifest
    DispatchQueue.concurrentPerform(iterations: fileCount) { number in
      let result = Result { try writeFile(number, to: folder, template) }
      results.withLock { $0[number] = result }
    }
    manifest.files = try results.withLock { results in
      try (0..<fileCount).compactMap { try results[$0]?.get() }
    }
    let (key, content) = manifest.document
    let symlinks = manifest.symlinks
    let checksum = Array(Hexadecimal.encode(Insecure.MD5.hash(data: content)).utf8)
    for (key, content) in [symlinks, (key, content), (InventoryManifest.checksumKey(ofManifest: key), checksum)] {
      let path = "\(folder)/\(key)"
      try Self.makeFolder(of: path)
      try Data(content).write(to: URL(filePath: path), options: .atomic)
    }
    return "\(folder)/\(key)"
  }

  private static func makeFolder(of path: String) throws {
    try FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
  }

  /// The rows of one file.
  private func writeFile(
    _ number: Int, to folder: String, _ manifest: InventoryManifest
  ) throws -> InventoryManifest.File {
    let digits = Hexadecimal.encode(Insecure.MD5.hash(data: Array("\(manifest.sourceBucket) \(number)".utf8)))
    var name = ""
    for (place, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(place) { name += "-" }
      name.append(digit)
    }
    let key = manifest.dataKey(name)
    let path = "\(folder)/\(key)"
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
    defer { try? file.close() }
    let encoder = GzipEncoder()
    var digest = Insecure.MD5()
    var size = 0
    var rows: [UInt8] = []
    rows.reserveCapacity(Self.bufferLength + 4096)
    func flush(isLast: Bool) throws {
      try encoder.encode(rows, isLast: isLast) { piece in
        let data = Data(piece)
        digest.update(data: data)
        size += data.count
        try file.write(contentsOf: data)
      }
      rows.removeAll(keepingCapacity: true)
    }
    let order = ScatteredOrder(count: objects.count)
    for position in (number * rowsPerFile)..<min(objects.count, (number + 1) * rowsPerFile) {
      writeRow(at: order.index(at: position), to: &rows)
      if rows.count >= Self.bufferLength { try flush(isLast: false) }
    }
    try flush(isLast: true)
    return InventoryManifest.File(key: key, size: size, checksum: Hexadecimal.encode(digest.finalize()))
  }

  private static let bufferLength = 256 << 10

  func writeRow(at index: Int, to bytes: inout [UInt8]) {
    InventoryColumns.write(columns.bucket.utf8, to: &bytes)
    bytes += ",\"".utf8
    let start = bytes.count
    objects.writeKey(at: index, to: &bytes)
    encodeKey(from: start, in: &bytes)
    let isKnown = unavailableShare <= 0 || !objects.isChosen(index, share: unavailableShare)
    let place = isKnown ? objects.aclPlace(at: index) : acls.count - 1
    for piece in pieces {
      switch piece {
      case .text(let text): bytes += text
      case .size: Self.writeNumber(objects.size(at: index), to: &bytes)
      case .etag:
        objects.writeETag(at: index, to: &bytes)
        // Reports have them without quotation marks, of which two stand here.
        bytes.removeLast()
        bytes.remove(at: bytes.count - 33)
      case .acl: bytes += acls[place]
      case .owner: bytes += owners[place]
      }
    }
  }

  /// Encodes what stands at the end of the bytes, if it needs to be.
  private func encodeKey(from start: Int, in bytes: inout [UInt8]) {
    guard bytes[start...].contains(where: { !PercentCoding.isUnreserved($0) && $0 != UInt8(ascii: "/") }) else {
      return
    }
    let encoded = PercentCoding.encode(bytes[start...], keepingSlashes: true)
    bytes.replaceSubrange(start..., with: encoded.utf8)
  }

  private static func writeNumber(_ number: Int, to bytes: inout [UInt8]) {
    var divisor = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }
}
