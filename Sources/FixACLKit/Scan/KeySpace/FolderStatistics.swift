internal import Glibc

/// The average number of objects in folders that have ended, by their depth.
///
/// It keeps estimates down: a folder with one page of logs is not large because its names leave room for billions of
/// others.
struct FolderStatistics: Sendable {
  private static let maximumDepth = 16
  private static let slash = UInt32(UInt8(ascii: "/"))

  private var objects = 0.0
  /// How often a folder ended and another began, by the number of slashes before its own.
  private var ends = [Double](repeating: 0, count: maximumDepth)

  /// Learns from a sample of a listing's keys, in order, and the number of objects in that listing.
  mutating func observe(_ keys: [[UInt32]], objects count: Int) {
    objects += Double(count)
    for (key, next) in zip(keys, keys.dropFirst()) {
      let common = KeyAlphabet.commonCount(key, next)
      let depth = key[..<common].count { $0 == Self.slash }
      let ended = key[common...].count { $0 == Self.slash }
      for depth in depth..<max(depth, min(Self.maximumDepth, depth + ended)) { ends[depth] += 1 }
    }
  }

  /// The smallest estimate of the objects between two keys by folder sizes, as a logarithm; nil if nothing is known.
  ///
  /// - Parameter common: the length of their common prefix.
  func logObjects(from low: [UInt32], to high: [UInt32]?, common: Int, in alphabet: KeyAlphabet) -> Double? {
    let slashes = low.indices.filter { low[$0] == Self.slash }
    let width = log(alphabet.width(from: low, to: high, start: common))
    var least: Double?
    // A few levels up are enough; long keys have many.
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
