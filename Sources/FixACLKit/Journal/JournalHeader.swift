internal import Crypto
internal import FoundationEssentials
internal import AWSKit

/// The first line of a journal: which plan it belongs to, and what is needed to undo that plan's changes without it.
package struct JournalHeader: Sendable {
  /// The formats that this version reads.
  package enum Format: String, Sendable {
    /// Its records say neither what was changed nor whether they are whole: to undo it takes the plan.
    case first = "fixacl-journal/1"
    /// The format that this version writes.
    case second = "fixacl-journal/2"
  }

  package let format: Format
  /// The digest of the plan.
  package let plan: String
  /// The number of changes of the plan; nil where the journal does not say it.
  package let changes: Int?
  /// The bucket as the plan has it; nil where the journal does not say it.
  package let bucket: BucketSettings?
  /// What the plan was to reach; nil where the journal does not say it.
  package let desired: Intent?
  /// How many bytes of the journal were on the disk for sure when it was last written to; 0 where it does not say it.
  package let synchronized: Int

  /// Where in the file the digits of `synchronized` are; they are written again in place.
  static let synchronizedOffset = Array(beginning.utf8).count
  static let synchronizedDigits = 12
  static let beginning = "{\"format\":\"\(Format.second.rawValue)\",\"synced\":\""

  /// The digits of a length, as many as there always are.
  static func digits(_ length: Int) -> [UInt8] {
    let digits = Array(String(length).utf8.suffix(synchronizedDigits))
    return [UInt8](repeating: UInt8(ascii: "0"), count: synchronizedDigits - digits.count) + digits
  }

  /// Writes the first line, without its seal and without its line end.
  ///
  /// - Parameter now: the bucket's settings when the journal begins.
  static func line(plan: Plan, now bucket: BucketSettings, at time: String) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("format", Format.second.rawValue)
      json.member("synced", String(decoding: digits(0), as: UTF8.self))
      json.member("plan", plan.digest)
      json.member("changes", plan.changeCount)
      json.name("bucket")
      plan.header.bucket.write(to: &json)
      json.name("desired")
      plan.header.desired.write(to: &json)
      json.name("now")
      bucket.write(to: &json)
      json.member("at", time)
    }
    return json.bytes
  }

  private struct Beginning: Decodable {
    let format: String
    let plan: String
  }

  private struct Document: Decodable {
    let synced: String
    let changes: Int
    let bucket: BucketSettings
    let desired: Intent
  }

  /// - Throws: `FileFormatError.Detail` where it is no such line.
  init(parsing line: ArraySlice<UInt8>) throws {
    guard let beginning = try? JSONDecoder().decode(Beginning.self, from: Data(line)) else {
      throw FileFormatError.Detail("it does not begin as a journal does")
    }
    guard let format = Format(rawValue: beginning.format) else {
      throw FileFormatError.Detail("it has the format '\(beginning.format.prefix(64))'")
    }
    self.format = format
    plan = beginning.plan
    guard format == .second else {
      (changes, bucket, desired, synchronized) = (nil, nil, nil, 0)
      return
    }
    let document: Document
    do {
      document = try JSONDecoder().decode(Document.self, from: Data(line))
    } catch let detail as FileFormatError.Detail {
      throw detail
    } catch {
      throw FileFormatError.Detail("its first line is damaged")
    }
    guard let length = Int(document.synced), length >= 0, (0...Self.maximumChanges).contains(document.changes) else {
      throw FileFormatError.Detail("its first line is damaged")
    }
    (changes, bucket, desired, synchronized) = (document.changes, document.bucket, document.desired, length)
  }

  /// More than a bucket has objects; a number from outside decides how much memory is asked for.
  private static let maximumChanges = 1 << 27

  /// The plan's digest as a part of a file's name: digits of it, or of a hash of what is no digest.
  static func name(ofPlan digest: String) -> String {
    let digits = digest.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst()
    guard digits.count == 64, digits.allSatisfy({ Hex.value($0) != nil }) else {
      return Hex.encode(SHA256.hash(data: Array(digest.utf8)).prefix(6))
    }
    return String(decoding: digits.prefix(12), as: UTF8.self)
  }
}

/// The seals of a journal's lines: each depends on its line and on the seal before it, so a line that was changed, taken
/// out or put elsewhere does not fit.
struct JournalSeal: Sendable, Equatable {
  /// Eight hexadecimal digits: 32 bits of a SHA-256.
  private(set) var text: [UInt8] = Array("00000000".utf8)

  private static let before = Array(",\"sum\":\"".utf8)
  private static let after = Array("\"}\n".utf8)
  /// What a seal adds to a line, its line end included and its brace aside.
  private static let length = before.count + 8 + after.count

  /// Ends a line: one JSON object, whose brace is moved behind the seal.
  mutating func seal(_ line: [UInt8]) -> [UInt8] {
    let content = line.dropLast()
    advance(over: content)
    return Array(content) + Self.before + text + Self.after
  }

  /// Takes the next line of a file, with its line end.
  ///
  /// - Returns: whether its seal fits.
  mutating func accept(_ line: ArraySlice<UInt8>) -> Bool {
    var next = self
    guard let claimed = Self.claimed(by: line) else { return false }
    next.advance(over: line.dropLast(Self.length))
    guard next.text.elementsEqual(claimed) else { return false }
    self = next
    return true
  }

  /// Goes on from the seal that a line has, whether it fits or not; nil where it has none.
  init?(of line: ArraySlice<UInt8>) {
    guard let claimed = Self.claimed(by: line) else { return nil }
    text = Array(claimed)
  }

  init() {}

  private static func claimed(by line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard line.count > length, line.suffix(after.count).elementsEqual(after) else { return nil }
    let seal = line.suffix(length)
    guard seal.prefix(before.count).elementsEqual(before) else { return nil }
    return seal.dropFirst(before.count).prefix(8)
  }

  private mutating func advance(over content: ArraySlice<UInt8>) {
    var hash = SHA256()
    text.withUnsafeBytes { hash.update(bufferPointer: $0) }
    // The digits that are written again in place are left out.
    let place = content.startIndex + JournalHeader.synchronizedOffset
    if content.starts(with: JournalHeader.beginning.utf8), content.endIndex >= place + JournalHeader.synchronizedDigits
    {
      content[..<place].withUnsafeBytes { hash.update(bufferPointer: $0) }
      content[(place + JournalHeader.synchronizedDigits)...].withUnsafeBytes { hash.update(bufferPointer: $0) }
    } else {
      content.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
    text = Array(Hex.encode(hash.finalize().prefix(4)).utf8)
  }
}
