import S3Kit
import TestSupport

@testable import FixACLKit
@testable import S3Kit

/// A bucket of keys that is listed by a splitter, page by page, in an order that the dice decide.
struct SimulatedListing {
  enum Failure: Error {
    case tooManyRequestsAtOnce(Int)
    case endless
    /// Nothing is asked for, and yet it is not finished; or the other way round.
    case stalled
  }

  var keys: [ObjectKey]
  let prefix: ObjectKey?
  let pageSize: Int
  let maximum: Int
  var generator: SeededGenerator
  /// Keys that the bucket gets or loses while it is listed.
  var changes: [ObjectKey] = []

  private(set) var seen: [ObjectKey] = []
  private(set) var requestCount = 0
  private var underWaySum = 0

  init(keys: Set<ObjectKey>, prefix: ObjectKey?, pageSize: Int, maximum: Int, seed: UInt64) {
    self.keys = keys.sorted()
    self.prefix = prefix
    self.pageSize = pageSize
    self.maximum = maximum
    generator = SeededGenerator(seed: seed)
  }

  /// The number of requests that one lister would need.
  var fewestRequests: Int {
    max(1, (keys.filter { $0.hasPrefix(prefix ?? ObjectKey("")) }.count + pageSize - 1) / pageSize)
  }

  /// How many requests were under way at once, on average.
  var averageUnderWay: Double { Double(underWaySum) / Double(requestCount) }

  mutating func run() throws {
    let limit = fewestRequests * 20 + 20_000
    var splitter = KeySpaceSplitter(maximum: maximum, prefix: prefix)
    // A server reads a page at some time between the question and the answer.
    var underWay = [(request: splitter.start(), page: ObjectPage?.none)]
    while !underWay.isEmpty {
      if underWay.count > maximum { throw Failure.tooManyRequestsAtOnce(underWay.count) }
      for index in underWay.indices where underWay[index].page == nil {
        if Bool.random(using: &generator) { underWay[index].page = page(after: underWay[index].request.after?.key) }
      }
      changeBucket()
      let (request, read) = underWay.remove(at: Int.random(in: 0..<underWay.count, using: &generator))
      let page = read ?? page(after: request.after?.key)
      requestCount += 1
      underWaySum += underWay.count + 1
      if requestCount > limit { throw Failure.endless }
      let (inRange, next) = splitter.listed(page, of: request)
      seen += page.objects.prefix(inRange).map(\.key)
      underWay += next.map { ($0, nil) }
      if splitter.isFinished != underWay.isEmpty { throw Failure.stalled }
    }
  }

  private func page(after: ObjectKey?) -> ObjectPage {
    let start = max(after.map { position(after: $0) } ?? 0, prefix.map { position(of: $0) } ?? 0)
    var page = ObjectPage()
    for key in keys[start...].prefix(pageSize + 1) where key.hasPrefix(prefix ?? ObjectKey("")) {
      if page.objects.count == pageSize {
        page.isTruncated = true
      } else {
        page.objects.append(
          ListedObject(key: key, etag: "e", size: 1, lastModified: "", storageClass: "STANDARD", owner: nil))
      }
    }
    return page
  }

  private mutating func changeBucket() {
    guard !changes.isEmpty, Bool.random(using: &generator) else { return }
    let key = changes.removeLast()
    let index = position(of: key)
    if index < keys.count, keys[index] == key { keys.remove(at: index) } else { keys.insert(key, at: index) }
  }

  /// Where `key` is, or would be.
  private func position(of key: ObjectKey) -> Int {
    var (low, high) = (0, keys.count)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func position(after key: ObjectKey) -> Int {
    let index = position(of: key)
    return index < keys.count && keys[index] == key ? index + 1 : index
  }
}

/// How the keys of a bucket can be.
enum BucketShape: String, CaseIterable {
  case flatHex, dates, deepFolders, oneLongPrefix, fewHugeFolders, unicode, controlCharacters, lastCharacters
  case empty, oneKey, exactlyOnePage, onePageAndOne

  /// About `count` keys, all below `prefix`.
  func keys(_ count: Int, pageSize: Int, prefix: String, using generator: inout SeededGenerator) -> Set<ObjectKey> {
    func distinct(_ wanted: Int, _ key: (Int, inout SeededGenerator) -> String) -> Set<ObjectKey> {
      var keys: Set<ObjectKey> = []
      var attempt = 0
      while keys.count < wanted {
        keys.insert(ObjectKey(prefix + key(attempt, &generator)))
        attempt += 1
      }
      return keys
    }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    func hex(_ generator: inout SeededGenerator) -> String { String(generator.next(), radix: 16) }
    switch self {
    case .flatHex: return distinct(count) { _, generator in hex(&generator) }
    case .dates: return distinct(count) { n, _ in "2026/\(two(n / 600 + 1))/\(two(n / 20 % 30 + 1))/\(n).log" }
    case .deepFolders:
      return distinct(count) { n, _ in
        "a/b/c/" + String(repeating: "d/", count: n % 40) + "\(n / 40)/" + String(repeating: "e/", count: n % 7) + "f"
      }
    case .oneLongPrefix:
      let beginning = String(repeating: "long/", count: 180)
      return distinct(count) { n, _ in beginning + "\(n)" }
    case .fewHugeFolders:
      return distinct(count) { n, _ in ["Assets/", "assets/", "zz/zz/zz/"][n % 3] + "images/image-\(n + 100_000).jpg" }
    case .unicode: return distinct(count) { RandomKeys.key($0 / 10 % 12 + 4, using: &$1) + "\u{e9}" }
    case .controlCharacters:
      return distinct(count) { n, generator in
        var text = ""
        var rest = n
        repeat {
          text.unicodeScalars.append(Unicode.Scalar(UInt8(rest % 4 + 1)))
          rest /= 4
        } while rest > 0
        return text
      }
    // Between them and the end of all keys there is hardly any room.
    case .lastCharacters: return distinct(count) { "\u{10ffff}\u{10ffff}" + RandomKeys.key($0 / 50 + 2, using: &$1) }
    case .empty: return []
    case .oneKey: return [ObjectKey(prefix + "k")]
    case .exactlyOnePage: return distinct(pageSize) { n, _ in "\(n)" }
    case .onePageAndOne: return distinct(pageSize + 1) { n, _ in "\(n)" }
    }
  }
}
