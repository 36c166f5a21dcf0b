internal import Crypto
internal import FoundationEssentials
internal import AWSKit

/// The first line of a journal: which plan it belongs to, and what is needed to undo that plan's changes without the
/// plan.
package struct JournalHeader: Sendable {
  /// The formats that this version reads.
  package enum Format: String, Sendable {
    /// Records contain neither the change nor a seal: undoing it needs the plan.
    case first = "fixacl-journal/1"
    /// The format that this version writes.
    case second = "fixacl-journal/2"
  }

  package let format: Format
  /// The digest of the plan.
  package let plan: String
  /// The number of the plan's changes; nil if the journal does not contain it.
  package let changes: Int?
  /// The plan's bucket settings; nil if the journal does not contain them.
  package let bucket: BucketSettings?
  /// The plan's intent; nil if the journal does not contain it.
  package let desired: Intent?
  /// Which credentials the plan was made with.
  package let credentials: CredentialNames
  /// How many bytes of the journal were certainly on the disk before its last write; 0 if it does not say.
  package let synchronized: Int

  /// Whether a rollback has gone on with the journal after its end was lost.
  var hasLostEnd: Bool { synchronized == Self.lostEnd }

  /// More than any journal has: what stands in place of the length once the end was lost, so that it stays known.
  static let lostEnd = 999_999_999_999
  /// The file offset of `synchronized`, whose digits are overwritten in place.
  static let synchronizedOffset = Array(beginning.utf8).count
  static let synchronizedDigits = 12
  static let beginning = "{\"format\":\"\(Format.second.rawValue)\",\"synced\":\""

  /// A length in a fixed number of digits.
  static func digits(_ length: Int) -> [UInt8] {
    let digits = Array(String(length).utf8.suffix(synchronizedDigits))
    return [UInt8](repeating: UInt8(ascii: "0"), count: synchronizedDigits - digits.count) + digits
  }

  /// Writes the first line, without its seal and line end.
  ///
  /// - Parameter bucket: the bucket's settings when the journal begins.
  static func line(plan: Plan, now bucket: BucketSettings, at time: String) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member(CodingKeys.format, Format.second.rawValue)
      json.member(CodingKeys.synced, String(decoding: digits(0), as: UTF8.self))
      json.member(CodingKeys.plan, plan.digest)
      json.member(CodingKeys.changes, plan.changeCount)
      json.member(CodingKeys.bucket, plan.header.bucket)
      if !plan.header.credentials.isEmpty { json.member(CodingKeys.credentials, plan.header.credentials) }
      json.member(CodingKeys.desired, plan.header.desired)
      // Read by people only.
      json.name("now")
      bucket.write(to: &json)
      json.member("at", time)
    }
    return json.bytes
  }

  /// - Throws: `FileFormatError.Detail` if it is no such line.
  init(parsing line: ArraySlice<UInt8>) throws {
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(line))
    } catch let detail as FileFormatError.Detail {
      throw detail
    } catch {
      throw FileFormatError.Detail("it does not begin as a journal does")
    }
  }

  /// Whether the plan begins its journal with this line. The first format has nothing of the plan but its digest.
  func isFirst(of plan: Plan) -> Bool {
    guard format == .second else { return true }
    return changes == plan.changeCount && bucket == plan.header.bucket && desired == plan.header.desired
      && credentials == plan.header.credentials
  }

  /// More changes than a bucket has objects. Bounds the memory that a number from outside can allocate.
  private static let maximumChanges = 1 << 27

  /// The plan's digest as a part of a file name. Anything that is no digest is hashed.
  static func name(ofPlan digest: String) -> String {
    let digits = digest.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst()
    guard digits.count == 64, digits.allSatisfy({ Hex.value($0) != nil }) else {
      return Hex.encode(SHA256.hash(data: Array(digest.utf8)).prefix(6))
    }
    return String(decoding: digits.prefix(12), as: UTF8.self)
  }
}

extension JournalHeader: Decodable {
  private enum CodingKeys: String, CodingKey {
    case format, synced, plan, changes, bucket, credentials, desired
  }

  /// - Throws: `FileFormatError.Detail` if it is another version's, or damaged.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let name = try values.decode(String.self, forKey: .format)
    plan = try values.decode(String.self, forKey: .plan)
    guard let format = Format(rawValue: name) else {
      throw FileFormatError.Detail("it has the format '\(name.prefix(64))'")
    }
    self.format = format
    guard format == .second else {
      (changes, bucket, desired, synchronized) = (nil, nil, nil, 0)
      credentials = CredentialNames()
      return
    }
    do {
      bucket = try values.decode(BucketSettings.self, forKey: .bucket)
      desired = try values.decode(Intent.self, forKey: .desired)
      credentials = try values.decodeIfPresent(CredentialNames.self, forKey: .credentials) ?? CredentialNames()
      guard let length = Int(try values.decode(String.self, forKey: .synced)), length >= 0,
        case let changes = try values.decode(Int.self, forKey: .changes), (0...Self.maximumChanges).contains(changes)
      else { throw FileFormatError.Detail("its first line is damaged") }
      (self.changes, synchronized) = (changes, length)
    } catch let detail as FileFormatError.Detail {
      throw detail
    } catch {
      throw FileFormatError.Detail("its first line is damaged")
    }
  }
}

/// The seals of a journal's lines. Each depends on its line and the seal before it, so a changed, removed or moved line
/// does not fit.
struct JournalSeal: Sendable, Equatable {
  /// 32 bits of a SHA-256, as eight hexadecimal digits.
  private(set) var text: [UInt8] = Array("00000000".utf8)

  private static let before = Array(",\"sum\":\"".utf8)
  private static let after = Array("\"}\n".utf8)
  /// The length that a seal adds to a line, with the line end and without the line's own brace.
  private static let length = before.count + 8 + after.count

  /// Ends a line of one JSON object, and inserts the seal before its closing brace.
  mutating func seal(_ line: consuming [UInt8]) -> [UInt8] {
    line.removeLast()
    advance(over: line[...])
    line += Self.before
    line += text
    line += Self.after
    return line
  }

  /// Checks the next line of a file, with its line end.
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

  /// Continues from a line's seal without checking it; nil if the line has none.
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
    // The digits that are overwritten in place are not part of the seal.
    let place = content.startIndex + JournalHeader.synchronizedOffset
    if content.starts(with: JournalHeader.beginning.utf8), content.endIndex >= place + JournalHeader.synchronizedDigits
    {
      content[..<place].withUnsafeBytes { hash.update(bufferPointer: $0) }
      content[(place + JournalHeader.synchronizedDigits)...].withUnsafeBytes { hash.update(bufferPointer: $0) }
    } else {
      content.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
    text.removeAll(keepingCapacity: true)
    hash.finalize().withUnsafeBytes { Hex.write(UnsafeRawBufferPointer(rebasing: $0[..<4]), to: &text) }
  }
}
