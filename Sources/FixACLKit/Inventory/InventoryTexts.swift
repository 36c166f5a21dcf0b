internal import AWSKit
internal import Synchronization

/// Gives owners and ACLs of a report small numbers, so that rows need not carry them.
///
/// A bucket has few of both, as a rule. Of whichever number uploaders decide, memory holds so many bytes; rows carry the
/// others themselves.
final class InventoryTexts: Sendable {
  /// Memory for all that is numbered, in bytes; 15,000 ACLs of three grants.
  private static let usualBytes = 24 << 20
  /// What a text takes beside its own bytes, and those of what is made of it.
  private static let bytesOfText = 300

  /// Texts and what they stand for, by their numbers.
  private struct Table<Value: Sendable> {
    private(set) var values: [Value] = []
    private var numbers: [[UInt8]: Int32] = [:]

    /// - Parameters:
    ///   - copies: how many times its own bytes a text takes.
    ///   - free: the bytes that are left.
    mutating func number(
      of text: [UInt8], copies: Int, free: inout Int, _ value: ([UInt8]) -> Value
    ) -> Int32? {
      if let number = numbers[text] { return number }
      let cost = text.count * copies + InventoryTexts.bytesOfText
      guard cost <= free else { return nil }
      free -= cost
      let number = Int32(values.count)
      values.append(value(text))
      numbers[text] = number
      return number
    }
  }

  private struct State {
    var owners = Table<CanonicalID>()
    var acls = Table<ReportedACL>()
    /// The bytes that are left for both.
    var free: Int
  }

  private let state: Mutex<State>

  init(maximumBytes: Int = usualBytes) {
    state = Mutex(State(free: maximumBytes))
  }

  /// The number of an ACL as it stands in the report; nil if there is no room for one more.
  func number(ofACL text: UnsafeRawBufferPointer) -> Int32? {
    let key = Array(text)
    return state.withLock { $0.acls.number(of: key, copies: 4, free: &$0.free) { ReportedACL($0) } }
  }

  /// The number of an owner; nil if there is no room for one more.
  func number(ofOwner text: UnsafeRawBufferPointer) -> Int32? {
    let key = Array(text)
    return state.withLock {
      $0.owners.number(of: key, copies: 2, free: &$0.free) { CanonicalID(String(decoding: $0, as: UTF8.self)) }
    }
  }

  /// All owners and ACLs by their numbers, once all rows are read.
  var tables: (owners: [CanonicalID], acls: [ReportedACL]) { state.withLock { ($0.owners.values, $0.acls.values) } }
}

/// Remembers the numbers of texts that came before, for one reader of rows: without a lock, and without a copy of the text.
struct InventoryTextCache {
  private struct Slot {
    var hash: UInt64 = 0
    var offset: Int32 = 0
    var length: Int32 = -1
    var number: Int32 = 0
  }

  private static let slotCount = 8192
  private static let maximumBytes = 1 << 20

  private var slots = [Slot](repeating: Slot(), count: slotCount)
  private var bytes: [UInt8] = []
  private var count = 0
  /// Uploaders choose the texts, and must not choose where they are looked for.
  private let seed = UInt64.random(in: .min ... .max)

  /// The number of a text, which `find` is asked for if the text is new here.
  mutating func number(of text: UnsafeRawBufferPointer, _ find: (UnsafeRawBufferPointer) -> Int32?) -> Int32? {
    let hash = hash(of: text)
    var index = Int(truncatingIfNeeded: hash) & (Self.slotCount - 1)
    while slots[index].length >= 0 {
      let slot = slots[index]
      if slot.hash == hash, Int(slot.length) == text.count, isEqual(slot, text) { return slot.number }
      index = (index + 1) & (Self.slotCount - 1)
    }
    guard let number = find(text) else { return nil }
    if count >= Self.slotCount / 2 || bytes.count + text.count > Self.maximumBytes {
      slots = [Slot](repeating: Slot(), count: Self.slotCount)
      bytes.removeAll(keepingCapacity: true)
      count = 0
      index = Int(truncatingIfNeeded: hash) & (Self.slotCount - 1)
    }
    slots[index] = Slot(hash: hash, offset: Int32(bytes.count), length: Int32(text.count), number: number)
    bytes.append(contentsOf: text)
    count += 1
    return number
  }

  private func isEqual(_ slot: Slot, _ text: UnsafeRawBufferPointer) -> Bool {
    bytes.withUnsafeBytes {
      let start = Int(slot.offset)
      return ObjectKey.order(UnsafeRawBufferPointer(rebasing: $0[start..<start + text.count]), text) == 0
    }
  }

  private func hash(of text: UnsafeRawBufferPointer) -> UInt64 {
    var hash = seed ^ UInt64(truncatingIfNeeded: text.count)
    func mix(_ word: UInt64) {
      let product = (hash ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
      hash = product.high ^ product.low
    }
    var position = 0
    while position + 8 <= text.count {
      mix(text.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      position += 8
    }
    var rest: UInt64 = 0
    while position < text.count {
      rest = rest << 8 | UInt64(text[position])
      position += 1
    }
    mix(rest)
    return hash
  }
}
