internal import Crypto
internal import Foundation

/// A checksum of an object's content that S3 keeps beside its ETag.
package struct ObjectChecksum: Sendable, Hashable {
  /// As in `x-amz-checksum-…`; its raw value is in capitals in `x-amz-checksum-algorithm`.
  enum Algorithm: String, CaseIterable, Sendable {
    case crc32, crc32c, crc64nvme, sha1, sha256

    /// `x-amz-checksum-crc32`.
    var headerName: String {
      switch self {
      case .crc32: "x-amz-checksum-crc32"
      case .crc32c: "x-amz-checksum-crc32c"
      case .crc64nvme: "x-amz-checksum-crc64nvme"
      case .sha1: "x-amz-checksum-sha1"
      case .sha256: "x-amz-checksum-sha256"
      }
    }

    /// The bytes of a checksum.
    fileprivate var length: Int {
      switch self {
      case .crc32, .crc32c: 4
      case .crc64nvme: 8
      case .sha1: 20
      case .sha256: 32
      }
    }
  }

  /// What the names of the headers with checksums begin with.
  static let headerPrefix = "x-amz-checksum-"

  let algorithm: Algorithm
  /// Base64; of a composite checksum followed by `-` and the number of parts.
  let value: String

  init(_ algorithm: Algorithm, value: String) {
    self.algorithm = algorithm
    self.value = value
  }

  init(_ algorithm: Algorithm, of bytes: [UInt8]) {
    let digest: [UInt8] =
      switch algorithm {
      case .crc32: CRC.crc32.checksum(of: bytes)
      case .crc32c: CRC.crc32c.checksum(of: bytes)
      case .crc64nvme: CRC.crc64nvme.checksum(of: bytes)
      case .sha1: Array(Insecure.SHA1.hash(data: bytes))
      case .sha256: Array(SHA256.hash(data: bytes))
      }
    self.init(algorithm, value: Data(digest).base64EncodedString())
  }

  /// The composite checksum of parts: that of their checksums.
  init(_ algorithm: Algorithm, ofParts parts: [ObjectChecksum]) {
    let digests = parts.flatMap { Data(base64Encoded: $0.value).map { Array($0) } ?? [] }
    self.init(algorithm, value: ObjectChecksum(algorithm, of: digests).value + "-\(parts.count)")
  }

  /// The MD5 of a body as Content-MD5 has it: base64.
  static func md5(of bytes: [UInt8]) -> String { Data(Insecure.MD5.hash(data: bytes)).base64EncodedString() }

  /// Whether a text is an MD5 in base64.
  static func isMD5(base64 text: String) -> Bool { Data(base64Encoded: text)?.count == 16 }

  /// Whether the value is as long as one of that algorithm; it came from outside.
  var hasValidLength: Bool { Data(base64Encoded: value)?.count == algorithm.length }

  /// The same, of a customer's key that came in base64; nil where that is none, or no key of 256 bits.
  static func md5(ofBase64 text: String) -> String? {
    Data(base64Encoded: text).flatMap { $0.count == 32 ? md5(of: Array($0)) : nil }
  }

  /// `FULL_OBJECT`, or `COMPOSITE` of a checksum of the parts' checksums.
  var type: String { value.contains("-") ? "COMPOSITE" : "FULL_OBJECT" }

  /// `ChecksumCRC32`, as in S3's XML.
  var elementName: String { "Checksum" + algorithm.rawValue.uppercased() }

  /// `x-amz-checksum-crc32`.
  var headerName: String { algorithm.headerName }
}

/// A cyclic redundancy check, bits reflected, all ones before and after, as those that S3 knows.
private struct CRC: Sendable {
  private let width: Int
  private let table: [UInt64]

  static let crc32 = CRC(width: 32, reflectedPolynomial: 0xedb8_8320)
  static let crc32c = CRC(width: 32, reflectedPolynomial: 0x82f6_3b78)
  static let crc64nvme = CRC(width: 64, reflectedPolynomial: 0x9a6c_9329_ac4b_c9b5)

  private init(width: Int, reflectedPolynomial polynomial: UInt64) {
    self.width = width
    table = (0..<256).map { index in
      (0..<8).reduce(UInt64(index)) { value, _ in value & 1 == 1 ? polynomial ^ (value >> 1) : value >> 1 }
    }
  }

  /// Big-endian.
  func checksum(of bytes: [UInt8]) -> [UInt8] {
    let ones = UInt64.max >> UInt64(64 - width)
    let value = bytes.reduce(ones) { table[Int(($0 ^ UInt64($1)) & 0xff)] ^ ($0 >> 8) } ^ ones
    return stride(from: width - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt64($0)) }
  }
}
