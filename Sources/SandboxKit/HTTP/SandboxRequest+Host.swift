internal import NIOHTTP1

extension SandboxRequest {
  /// The bucket that the Host header names, as `BUCKET.localhost` or `BUCKET.s3.localhost` (User Guide: "Virtual hosting
  /// of general purpose buckets"); nil where the path names it.
  var hostBucket: String? {
    guard let header = self[header: "host"]?.utf8 else { return nil }
    // Of each request: bytes are compared faster than characters.
    let bytes = header.prefix { $0 != UInt8(ascii: ":") }
    guard bytes.count > Self.domain.utf8.count, bytes.suffix(Self.domain.utf8.count).elementsEqual(Self.domain.utf8)
    else { return nil }
    var name = Substring(bytes).dropLast(Self.domain.count)
    if name == "s3" { return nil }
    if name.hasSuffix(".s3") { name = name.dropLast(".s3".count) }
    // S3 Control's hosts begin with an account's ID.
    return name.isEmpty || isForControl ? nil : String(name)
  }

  /// Whether it is for S3 Control, which has S3's address here.
  var isForControl: Bool { uri.hasPrefix("/v20180820/") && self[header: "x-amz-account-id"] != nil }

  private static let domain = ".localhost"
}
