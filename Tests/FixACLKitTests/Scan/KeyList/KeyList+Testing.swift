import AWSKit

@testable import FixACLKit

extension KeyList {
  /// A list from what a file would hold.
  init(_ bytes: some Sequence<UInt8>, separator: Unicode.Scalar = "\n", runBytes: Int = 8 << 20) throws {
    self = try withTemporaryFolder { folder in
      try writeBytes(bytes, to: folder + "/keys")
      return try KeyList(
        reading: try OpenFile(folder + "/keys", .reading), separator: UInt8(ascii: separator), folder: "/tmp",
        stop: StopSignal(), runBytes: runBytes)
    }
  }

  /// A list of these keys, however they look.
  init(keys: some Sequence<String>, runBytes: Int = 8 << 20) throws {
    try self.init(keys.flatMap { Array($0.utf8) + [0] }, separator: "\0", runBytes: runBytes)
  }

  /// All keys, in their order.
  func allKeys() throws -> [ObjectKey] {
    var reader = reader()
    var keys: [ObjectKey] = []
    while let key = try reader.next() { keys.append(key) }
    return keys
  }
}
