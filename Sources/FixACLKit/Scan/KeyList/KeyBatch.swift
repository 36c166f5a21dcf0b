internal import AWSKit

/// Consecutive keys of a list, which are asked for together.
struct KeyBatch: Sendable {
  /// The most keys in a batch.
  static let maximumKeys = 128

  /// The part of the key space whose wanted keys these are. It begins within the key of a batch for the rest of its
  /// versions.
  let interval: KeyInterval
  let keys: [ObjectKey]
  /// Whether to begin with a page of the listing, which may spare questions about single keys.
  let beginsWithPage: Bool
  /// How many batches before this one were about its first key.
  var part = 0
}

/// Divides a list of keys into batches, without the parts that are known already.
struct KeyBatchReader {
  private var keys: KeyList.Reader
  private let prefix: ObjectKey?
  private let filter: KeyFilter
  /// The parts to ask about, the next one last.
  private var gaps: [KeyInterval]
  /// The key after those of the last batch.
  private var pending: ObjectKey?
  /// Keys of earlier batches that have more versions.
  private var rests: [KeyBatch] = []
  private var yield = PageYield()

  /// - Parameters:
  ///   - gaps: in order; nil for the whole bucket.
  ///   - filter: the keys of the list that it excludes are passed over.
  init(_ list: KeyList, gaps: [KeyInterval]?, filter: KeyFilter) {
    keys = list.reader()
    self.gaps = (gaps ?? [KeyInterval()]).reversed()
    self.filter = filter
    prefix = filter.prefix.map { ObjectKey($0) }
  }

  /// The next batch; nil if there is none.
  mutating func next() throws -> KeyBatch? {
    if let rest = rests.popLast() { return rest }
    while var gap = gaps.popLast() {
      var batch: [ObjectKey] = []
      while let key = try nextKey() {
        if let after = gap.after, key <= after.key { continue }
        if let through = gap.through, through.key < key {
          pending = key
          break
        }
        guard isWanted(key) else { continue }
        guard batch.count < KeyBatch.maximumKeys else {
          // The rest of this gap begins behind the last key of the batch.
          pending = key
          let end = batch.last.map { ListingMarker($0) }
          gaps.append(KeyInterval(after: end, through: gap.through))
          gap.through = end
          break
        }
        batch.append(key)
      }
      guard !batch.isEmpty else { continue }
      return KeyBatch(interval: gap, keys: batch, beginsWithPage: batch.count > 1 && yield.isWorthAPage())
    }
    return nil
  }

  /// Asks for the rest of keys, too.
  mutating func add(_ rests: [KeyBatch]) { self.rests += rests }

  /// Records how many questions the page of a batch has spared.
  mutating func note(spared: Int) { yield.note(spared: spared) }

  private mutating func nextKey() throws -> ObjectKey? {
    if let key = pending {
      pending = nil
      return key
    }
    return try keys.next()
  }

  private func isWanted(_ key: ObjectKey) -> Bool {
    (prefix.map(key.hasPrefix) ?? true) && filter.matches(key)
  }
}

/// Decides whether pages of the listing are worth their while: they answer for many keys of a list at once if the list
/// has most of what is in the bucket, and for none if it has one key in a thousand.
struct PageYield: Sendable {
  /// A page is as dear as a question about one key, but longer; from this many spared questions on it pays.
  private static let worthwhile = 3.0
  /// How many batches go by before a page is tried again.
  private static let patience = 32

  /// The moving average of the questions that a page spared; nil if no page has been listed.
  private var average: Double?
  private var batchesWithoutPage = 0

  mutating func isWorthAPage() -> Bool {
    guard let average, average < Self.worthwhile else { return true }
    batchesWithoutPage += 1
    guard batchesWithoutPage >= Self.patience else { return false }
    batchesWithoutPage = 0
    return true
  }

  mutating func note(spared: Int) {
    average = average.map { 0.7 * $0 + 0.3 * Double(spared) } ?? Double(spared)
  }
}
