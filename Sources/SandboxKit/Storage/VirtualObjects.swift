internal import AWSKit
internal import Algorithms

/// Objects that are computed from their number: as many as one likes, in no memory.
package struct VirtualObjects: Sendable {
  /// How the keys look. In each, the order of the keys is that of the numbers.
  package enum Shape: String, CaseIterable, Sendable {
    /// `00a3c5f1e2d4b697`: 16 hexadecimal digits, spread evenly.
    case hex
    /// `logs/2024/01/31/23/…`, a thousand an hour; more where that would take more than 5,700 years.
    case dates
    /// Nine levels of folders.
    case deep
    /// A common prefix of hundreds of bytes.
    case prefix
    /// Nearly everything in three folders, among a thousand small ones.
    case folders
    /// `000000000001`.
    case counter
    /// Characters of two to four bytes.
    case unicode
    /// `region=eu-west-1/device=0a1b2c3d/…`: four partitions of folders with 20 objects each.
    case partitions
    /// `avajohnson000001.json`: 1,500 names without anything that separates their parts.
    case names
    /// A part of each: `2026/05/31/…`, hexadecimal digits, folders of very different size, deep folders, names, numbers.
    case mixed
  }

  /// The most objects of a bucket: the numbers have 12 digits.
  package static let maximumCount = 1_000_000_000_000

  let count: Int
  private let shape: Shape
  /// The share of objects that are not the bucket owner's, of 2⁶⁴.
  private let foreignThreshold: UInt64
  private let ownACL: AccessControlList
  /// The ACLs that the foreign objects have.
  private let foreignACLs: [AccessControlList]
  /// Of the folders: objects in one of the small ones, and in one of the three huge ones.
  private let smallFolder: Int
  private let hugeFolder: Int

  static let lastModified = Timestamp(seconds: 1_700_000_000)
  static let lastModifiedBytes = Array(lastModified.s3Date.utf8)

  /// - Parameters:
  ///   - foreignShare: the share of objects that are `foreignOwner`'s, 0 to 1; the others are `bucketOwner`'s.
  ///   - aclCount: how many different ACLs the foreign objects have; the first is `private`.
  ///   - others: the grantees of the others of these ACLs.
  init(
    count: Int, shape: Shape, foreignShare: Double, aclCount: Int, bucketOwner: CanonicalID,
    foreignOwner: CanonicalID, others: [CanonicalID]
  ) {
    self.count = count
    self.shape = shape
    foreignThreshold = foreignShare >= 1 ? .max : UInt64(foreignShare * 0x1p64)
    smallFolder = max(1, count / 10_000)
    hugeFolder = max(1, (count - min(count, smallFolder * 1000)) / 3)
    ownACL = .owned(by: bucketOwner)
    // With these alone there are 1,024 ACLs, whatever other accounts there are.
    let extra: [Grant] =
      [Grant(.allUsers, .read), Grant(.canonicalUser(bucketOwner), .readACP), Grant(.authenticatedUsers, .read)]
      + others.flatMap { id in [Permission.readACP, .writeACP, .read].map { Grant(.canonicalUser(id), $0) } }
      + [.allUsers, .authenticatedUsers, .canonicalUser(bucketOwner), .canonicalUser(foreignOwner)].map {
        Grant($0, .writeACP)
      }
      + [.allUsers, .authenticatedUsers, .canonicalUser(foreignOwner)].map { Grant($0, .readACP) }
    foreignACLs = (0..<aclCount).map { number in
      // The number's bits say which of the extra grants an ACL has.
      let chosen = extra.enumerated().filter { number >> $0.offset & 1 == 1 }.map(\.element)
      return AccessControlList(
        owner: foreignOwner, grants: [Grant(.canonicalUser(foreignOwner), .fullControl)] + chosen)
    }
  }

  // MARK: Objects

  func isForeign(at index: Int) -> Bool {
    foreignThreshold == .max || Self.scrambled(index) < foreignThreshold
  }

  func owner(at index: Int) -> CanonicalID { isForeign(at: index) ? foreignACLs[0].owner : ownACL.owner }

  func acl(at index: Int) -> AccessControlList {
    let place = aclPlace(at: index)
    return place == 0 ? ownACL : foreignACLs[place - 1]
  }

  /// All that there are; `aclPlace(at:)` says which one an object has.
  var allACLs: [AccessControlList] { [ownACL] + foreignACLs }

  func aclPlace(at index: Int) -> Int {
    guard isForeign(at: index) else { return 0 }
    return 1 + Int(Self.scrambled(index ^ 0x5555_5555) % UInt64(foreignACLs.count))
  }

  /// Whether an object is among a share of them, which follows from its number.
  func isChosen(_ index: Int, share: Double) -> Bool {
    Double(Self.scrambled(index ^ 0x2222_2222) >> 11) * 0x1p-53 < share
  }

  /// Bytes.
  func size(at index: Int) -> Int { Int(Self.scrambled(index ^ 0x3333_3333) % 100_000) }

  private func content(at index: Int) -> Content {
    Content(generatedFrom: seed(at: index), size: size(at: index))
  }

  /// The ETag of `object(at:)`, in quotation marks, as a listing has it: without making an object or a String.
  func writeETag(at index: Int, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    Content.writeETag(generatedFrom: seed(at: index), size: size(at: index), to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  private func seed(at index: Int) -> UInt64 { Self.scrambled(index ^ 0x0f0f_0f0f) }

  func object(at index: Int) -> StoredObject {
    let content = content(at: index)
    var object = StoredObject(
      key: key(at: index), content: content, etag: content.etag, lastModified: Self.lastModified, acl: acl(at: index))
    object.attributes.contentHeaders = [("Content-Type", "application/octet-stream")]
    return object
  }

  // MARK: Keys

  func key(at index: Int) -> ObjectKey {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    writeKey(at: index, to: &bytes)
    return ObjectKey(bytes)
  }

  /// The number of the first key that is not before `key`.
  func lowerBound(of key: ObjectKey) -> Int {
    (0..<count).partitioningIndex { self.key(at: $0) >= key }
  }

  /// The number of a key; nil where it is not one of them.
  func index(of key: ObjectKey) -> Int? {
    let guess: Int? =
      switch shape {
      case .hex: Self.hexadecimal(key.bytes).map { Int($0 / step) }
      case .dates: Self.decimal(key.bytes.dropLast(Self.dateSuffix.count).suffix(12))
      case .deep: Self.decimal(key.bytes.filter { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "d") }[...])
      case .prefix, .folders, .counter: Self.decimal(key.bytes.suffix(12))
      case .unicode, .partitions, .names, .mixed: lowerBound(of: key)
      }
    guard let guess, guess < count, self.key(at: guess) == key else { return nil }
    return guess
  }

  /// The distance of neighbouring keys of the shape `hex`.
  private var step: UInt64 { UInt64.max / UInt64(max(1, count)) }

  func writeKey(at index: Int, to bytes: inout [UInt8]) {
    switch shape {
    case .hex:
      Hexadecimal.write(UInt64(index) * step, to: &bytes)
    case .dates:
      let time = Array(Timestamp(seconds: 1_577_836_800 + index / max(1000, count / 50_000_000) * 3600).basic.utf8)
      bytes += "logs/".utf8
      for (start, end) in [(0, 4), (4, 6), (6, 8), (9, 11)] {
        bytes += time[start..<end]
        bytes.append(UInt8(ascii: "/"))
      }
      Self.writeDecimal(index, to: &bytes)
      bytes += Self.dateSuffix
    case .deep:
      var digits: [UInt8] = []
      Self.writeDecimal(index, to: &digits)
      for digit in digits.dropLast(3) { bytes += [UInt8(ascii: "d"), digit, UInt8(ascii: "/")] }
      bytes += digits.suffix(3)
    case .prefix:
      bytes += Self.longPrefix
      Self.writeDecimal(index, to: &bytes)
    case .folders:
      writeFolder(of: index, to: &bytes)
      Self.writeDecimal(index, to: &bytes)
    case .counter:
      Self.writeDecimal(index, to: &bytes)
    case .unicode:
      bytes += "ü/".utf8
      var digits: [UInt8] = []
      Self.writeDecimal(index, to: &digits)
      for digit in digits { bytes += Self.characters[Int(digit - UInt8(ascii: "0"))] }
    case .partitions:
      writePartition(of: index, to: &bytes)
    case .names:
      Self.writeName(index, of: count, to: &bytes)
    case .mixed:
      writeMixed(index, to: &bytes)
    }
  }

  private static let regions = ["ap-south-1", "eu-west-1", "us-east-1", "us-west-2"].map { Array($0.utf8) }

  private func writePartition(of index: Int, to bytes: inout [UInt8]) {
    let objectsOfRegion = (count + Self.regions.count - 1) / Self.regions.count
    let rest = index % objectsOfRegion
    bytes += "region=".utf8
    bytes += Self.regions[index / objectsOfRegion]
    bytes += "/device=".utf8
    let device = UInt64(rest / 20) * (UInt64.max / UInt64(objectsOfRegion / 20 + 1))
    var digits: [UInt8] = []
    Hexadecimal.write(device, to: &digits)
    bytes += digits.prefix(12)
    bytes.append(UInt8(ascii: "/"))
    Self.writeDecimal(index, to: &bytes)
    bytes += ".avro".utf8
  }

  /// In order, although some names begin with others: digits come before letters.
  private static let names: [[UInt8]] = {
    let first = """
      amelia ava benjamin charlotte daniel elijah emma ethan evelyn harper henry isabella jackson james john joseph \
      liam lucas mason mia michael noah oliver olivia sebastian sofia sophia victoria william zoe
      """
    let last = """
      adams allen anderson baker brown campbell carter clark davis evans flores garcia gonzalez green hall harris \
      hernandez hill jackson johnson jones king lee lewis lopez martin martinez miller mitchell moore nelson nguyen \
      perez phillips ramirez rivera roberts robinson rodriguez sanchez scott smith taylor thomas thompson torres \
      walker white williams wilson wright young
      """
    return first.split(separator: " ").flatMap { first in last.split(separator: " ").map { first + $0 } }.sorted()
      .map { Array($0.utf8) }
  }()

  /// - Parameter count: of how many.
  private static func writeName(_ index: Int, of count: Int, to bytes: inout [UInt8]) {
    let each = max(1, (count + names.count - 1) / names.count)
    bytes += names[index / each]
    writeDecimal(index % each, to: &bytes)
    bytes += ".json".utf8
  }

  private static let mixedFolders = ["2026/", "archive/", "backup/", "media/", "tmp/", "z/"].map { Array($0.utf8) }

  private func writeMixed(_ index: Int, to bytes: inout [UInt8]) {
    let each = (count + Self.mixedFolders.count - 1) / Self.mixedFolders.count
    let (part, rest) = (index / each, index % each)
    bytes += Self.mixedFolders[part]
    var digits: [UInt8] = []
    switch part {
    case 0:
      for number in [rest * 12 / each + 1, rest * 360 / each % 30 + 1] {
        bytes += [UInt8(ascii: "0") + UInt8(number / 10), UInt8(ascii: "0") + UInt8(number % 10), UInt8(ascii: "/")]
      }
      Self.writeDecimal(rest, to: &bytes)
    case 1:
      Hexadecimal.write(UInt64(rest) * (UInt64.max / UInt64(each)), to: &bytes)
    case 2:
      // Each folder has twice as many as the one before.
      let folder = rest == 0 ? 0 : Int.bitWidth - rest.leadingZeroBitCount
      bytes += [UInt8(ascii: "a") + UInt8(folder / 26), UInt8(ascii: "a") + UInt8(folder % 26), UInt8(ascii: "/")]
      Self.writeDecimal(rest, to: &bytes)
    case 3:
      Self.writeDecimal(rest, to: &digits)
      for digit in digits.dropLast(2) { bytes += [digit, UInt8(ascii: "/")] }
      bytes += digits.suffix(2)
    case 4:
      Self.writeName(rest, of: each, to: &bytes)
    default:
      Self.writeDecimal(rest, to: &bytes)
    }
  }

  /// 250 small folders, a huge one, 250 small ones, and so on.
  private func writeFolder(of index: Int, to bytes: inout [UInt8]) {
    let block = smallFolder * 250 + hugeFolder
    let part = min(3, index / block)
    let rest = index - part * block
    bytes.append(UInt8(ascii: "0") + UInt8(part))
    if rest < smallFolder * 250 || part == 3 {
      bytes += "-a-small-one/".utf8
      Self.writeDecimal(rest / smallFolder, to: &bytes)
      bytes.append(UInt8(ascii: "/"))
    } else {
      bytes += "-the-huge-one/".utf8
    }
  }

  private static let dateSuffix = Array(".log.gz".utf8)
  private static let longPrefix = (0..<20).flatMap { Array("a-rather-long-folder-name-\($0)/".utf8) }

  /// For the digits, in the order of their bytes.
  private static let characters = ["é", "ñ", "Ω", "я", "א", "ก", "あ", "漢", "한", "😀"].map { Array($0.utf8) }

  /// Twelve digits, so that the order of the bytes is that of the numbers.
  private static func writeDecimal(_ number: Int, to bytes: inout [UInt8]) {
    var divisor = maximumCount / 10
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }

  private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.count == 12 else { return nil }
    var number = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      number = number * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return number
  }

  private static func hexadecimal(_ digits: [UInt8]) -> UInt64? {
    guard digits.count == 16 else { return nil }
    var number: UInt64 = 0
    for digit in digits {
      guard let value = Hexadecimal.value(digit) else { return nil }
      number = number << 4 | UInt64(value)
    }
    return number
  }

  /// A number that follows from another one, and tells nothing of it.
  private static func scrambled(_ index: Int) -> UInt64 {
    SeededGenerator.mixed(UInt64(bitPattern: Int64(index)) &* 0x9e37_79b9_7f4a_7c15 &+ 0x1234_5678_9abc_def1)
  }
}
