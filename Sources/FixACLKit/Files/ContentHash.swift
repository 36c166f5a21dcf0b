internal import Crypto
internal import AWSKit

/// The first 128 bits of a SHA-256: a plan's name for an ACL or an owner, or the digest of the attributes that a copy
/// must preserve.
///
/// Uploaders choose what is hashed. At 48 bits, which earlier versions wrote, one core finds two ACLs with one name
/// within seconds; 128 bits take 2^64 hashes.
struct ContentHash: Sendable {
  private static let length = 16
  /// 48 bits: 12 hexadecimal digits.
  private static let earlierLength = 6
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  private let digest: [UInt8]

  init(of bytes: [UInt8]) {
    digest = Array(SHA256.hash(data: bytes))
  }

  /// 22 characters of base64url, without padding.
  var text: String { Self.base64URL(digest.prefix(Self.length)) }

  /// All 256 bits, as 43 characters of base64url.
  var wholeText: String { Self.base64URL(digest[...]) }

  /// The name that earlier versions wrote.
  var earlierText: String { Hex.encode(digest.prefix(Self.earlierLength)) }

  /// Whether this or an earlier version gives the bytes this name.
  func isNamed(_ name: String) -> Bool {
    switch name.utf8.count {
    case 2 * Self.earlierLength: name == earlierText
    case 22: name == text
    default: name == wholeText
    }
  }

  private static func base64URL(_ bytes: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for byte in bytes {
      bits = (bits << 8 | UInt32(byte)) & 0xffff
      count += 8
      while count >= 6 {
        count -= 6
        result.append(alphabet[Int(bits >> count & 63)])
      }
    }
    if count > 0 { result.append(alphabet[Int(bits << (6 - count) & 63)]) }
    return String(decoding: result, as: UTF8.self)
  }
}
