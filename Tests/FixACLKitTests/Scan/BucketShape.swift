import AWSKit
import SandboxKit
import TestSupport

/// How the keys of a bucket can be.
enum BucketShape: String, CaseIterable {
  case flatHex, dates, deepFolders, oneLongPrefix, fewHugeFolders, unicode, controlCharacters, lastCharacters
  case empty, oneKey, exactlyOnePage, onePageAndOne
  /// What the sandbox's virtual buckets have, and more of what is seen in the field.
  case counter, spacedHex, folders, longFolders, digitFolders, letters, partitions, people

  /// Those with as many keys as one asks for.
  static let large = allCases.filter { ![.empty, .oneKey, .exactlyOnePage, .onePageAndOne].contains($0) }

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
    func twelve(_ number: Int) -> String { String(String(1_000_000_000_000 + number).dropFirst()) }
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
    case .counter: return distinct(count) { n, _ in twelve(n) }
    case .spacedHex:
      return distinct(count) { n, _ in
        let digits = String(UInt64(n) * (UInt64.max / UInt64(count)), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
      }
    case .folders:
      // Nearly all in three folders among a thousand.
      return distinct(count) { n, _ in
        let part = min(3, n * 10 / 3 / count)
        return n % 11 == 0 ? "\(part)-a-small-one/\(twelve(n / 110))/\(n)" : "\(part)-the-huge-one/\(twelve(n))"
      }
    case .longFolders:
      let beginning = (0..<20).map { "a-rather-long-folder-name-\($0)/" }.joined()
      return distinct(count) { n, _ in beginning + twelve(n) }
    case .digitFolders:
      return distinct(count) { n, _ in twelve(n).dropLast(3).map { "d\($0)/" }.joined() + twelve(n).suffix(3) }
    case .letters:
      let characters = ["\u{e9}", "\u{f1}", "Ω", "я", "א", "ก", "あ", "漢", "한", "\u{1f600}"]
      return distinct(count) { n, _ in "\u{fc}/" + twelve(n).map { characters[$0.wholeNumberValue!] }.joined() }
    case .partitions:
      return distinct(count) { n, _ in "year=\(2000 + n % 20)/month=\(two(n / 20 % 12 + 1))/part-\(twelve(n)).parquet" }
    case .people:
      return distinct(count) { n, generator in
        "user-\(two(100_000 / Int.random(in: 1...5000, using: &generator)))/document-\(n)"
      }
    case .empty: return []
    case .oneKey: return [ObjectKey(prefix + "k")]
    case .exactlyOnePage: return distinct(pageSize) { n, _ in "\(n)" }
    case .onePageAndOne: return distinct(pageSize + 1) { n, _ in "\(n)" }
    }
  }
}
