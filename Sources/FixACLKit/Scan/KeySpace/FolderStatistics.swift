internal import Glibc

/// How many objects folders have, by how deep they are: of folders that end, the average.
///
/// Where a folder has one page of logs, its billions of other possible names do not make it large.
struct FolderStatistics: Sendable {
  private static let maximumDepth = 16
  private static let slash = UInt32(UInt8(ascii: "/"))

  private var objects = 0.0
  /// How often a folder ended, and another began, with so many slashes before its own.
  private var ends = [Double](repeating: 0, count: maximumDepth)

  /// Takes note of some keys of a listing, in their order, and of how many objects that listing was.
  mutating func observe(_ keys: [[UInt32]], objects count: Int) {
    objects += Double(count)
    for (key, next) in zip(keys, keys.dropFirst()) {
      let common = KeyAlphabet.commonCount(key, next)
      let depth = key[..<common].count { $0 == Self.slash }
      let ended = key[common...].count { $0 == Self.slash }
      for depth in depth..<max(depth, min(Self.maximumDepth, depth + ended)) { ends[depth] += 1 }
    }
  }

  /// The least that folders' sizes let expect between two keys, as a logarithm of a number of objects; nil where
  /// nothing is known.
  ///
  /// - Parameter common: how many characters the two have in common.
  func logObjects(from low: [UInt32], to high: [UInt32]?, common: Int, in alphabet: KeyAlphabet) -> Double? {
    let slashes = low.indices.filter { low[$0] == Self.slash }
    let width = log(alphabet.width(from: low, to: high, start: common))
    var least: Double?
    // A few levels up are enough, and long keys have many.
    let firstDepth = max(0, slashes.count { $0 < common } - 4)
    for (depth, slash) in slashes.enumerated().prefix(Self.maximumDepth) {
      guard depth >= firstDepth, ends[depth] >= 2 else { continue }
      let end = slash + 1
      let folders =
        end <= common
        ? width - alphabet.logChoices(low, end..<common) : width + alphabet.logChoices(low, common..<end)
      let estimate = folders + log(objects / ends[depth])
      least = min(estimate, least ?? estimate)
    }
    return least
  }
}
