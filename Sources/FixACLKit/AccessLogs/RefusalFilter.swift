internal import AWSKit

/// Remembers which keys S3 refused in which second, in constant memory: a Bloom filter (1970).
///
/// It tells an error of the origin from one that CloudFront had cached: only the former is in S3's log too. A key and a path
/// are compared by what follows their last slash, since an origin path may precede the key.
struct RefusalFilter: Sendable {
  /// 8 MiB of bits.
  private static let bitCount = 1 << 26
  /// With more entries, one answer in a hundred would be wrong.
  private static let maximumEntries = 4_000_000
  /// How many seconds CloudFront may take to answer after S3 has got the request.
  private static let patience = 2

  private var words: [UInt64] = []
  private var count = 0

  /// Whether it can be asked.
  var isOfUse: Bool { (1...Self.maximumEntries).contains(count) }

  mutating func note(_ key: ObjectKey, at time: Timestamp) {
    guard count <= Self.maximumEntries, let hash = Self.hash(of: key) else { return }
    if words.isEmpty { words = [UInt64](repeating: 0, count: Self.bitCount / 64) }
    count += 1
    for bit in Self.bits(hash, second: time.seconds) { words[bit / 64] |= 1 << UInt64(bit % 64) }
  }

  /// Whether S3 refused such a key when CloudFront answered, or a little before.
  ///
  /// - Returns: nil if it cannot tell: the path names a folder.
  func contains(_ path: ObjectKey, at time: Timestamp) -> Bool? {
    guard isOfUse, let hash = Self.hash(of: path) else { return nil }
    return (0...Self.patience).contains { seconds in
      Self.bits(hash, second: time.seconds - seconds).allSatisfy { words[$0 / 64] & 1 << UInt64($0 % 64) != 0 }
    }
  }

  /// FNV-1a of what follows the last slash; nil if nothing does.
  private static func hash(of key: ObjectKey) -> UInt64? {
    let slash = key.bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    guard slash < key.bytes.count else { return nil }
    return key.bytes[slash...].reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// Two places, by SplitMix64's mixing of hash and second.
  private static func bits(_ hash: UInt64, second: Int) -> [Int] {
    var mixed = hash &+ UInt64(bitPattern: Int64(second)) &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    mixed ^= mixed >> 31
    let mask = UInt64(bitCount - 1)
    return [Int(mixed & mask), Int(mixed >> 32 & mask)]
  }
}
