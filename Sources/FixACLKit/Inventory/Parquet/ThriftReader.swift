/// Reads structs of Thrift's compact protocol, in which Parquet writes its footer and its pages' headers.
struct ThriftReader {
  /// A field's type, by its code.
  enum Kind: UInt8 {
    case isTrue = 1
    case isFalse = 2
    case byte = 3
    case int16 = 4
    case int32 = 5
    case int64 = 6
    case double = 7
    case binary = 8
    case list = 9
    case set = 10
    case map = 11
    case structure = 12
  }

  /// Structs in structs, beyond which nobody looks.
  private static let maximumDepth = 24

  private let bytes: UnsafeRawBufferPointer
  /// How many bytes have been read.
  private(set) var position = 0
  private var depth = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  private static var damage: InventoryDamage { InventoryDamage("Parquet: its metadata cannot be understood") }

  /// Reads a struct. `body` gets each field's number and type, and must read or skip its value.
  mutating func structure(_ body: (inout ThriftReader, Int, Kind) throws -> Void) throws {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw Self.damage }
    var field = 0
    while true {
      let head = try byte()
      guard head != 0 else { return }
      guard let kind = Kind(rawValue: head & 15) else { throw Self.damage }
      let delta = Int(head >> 4)
      if delta > 0 { field += delta } else { field = try integer() }
      guard (0...Int(Int16.max)).contains(field) else { throw Self.damage }
      try body(&self, field, kind)
    }
  }

  /// Reads a list. `body` reads each element.
  mutating func list(_ expected: Kind, _ body: (inout ThriftReader) throws -> Void) throws {
    let (count, kind) = try listHead()
    guard kind == expected || count == 0 else { throw Self.damage }
    for _ in 0..<count { try body(&self) }
  }

  private mutating func listHead() throws(InventoryDamage) -> (Int, Kind) {
    let head = try byte()
    var count = Int(head >> 4)
    if count == 15 { count = try unsigned() }
    guard let kind = Kind(rawValue: head & 15) else { throw Self.damage }
    // Every element has a byte at least.
    guard count <= bytes.count - position else { throw Self.damage }
    return (count, kind)
  }

  /// A number of 16, 32 or 64 bits.
  mutating func integer() throws(InventoryDamage) -> Int {
    let value = UInt(bitPattern: try varint())
    return Int(bitPattern: value >> 1) ^ -Int(bitPattern: value & 1)
  }

  /// The same where a field of that type must hold one.
  mutating func integer(_ kind: Kind) throws(InventoryDamage) -> Int {
    switch kind {
    case .int16, .int32, .int64: return try integer()
    default: throw Self.damage
    }
  }

  mutating func text(_ kind: Kind) throws(InventoryDamage) -> String {
    guard kind == .binary else { throw Self.damage }
    return try text()
  }

  mutating func text() throws(InventoryDamage) -> String {
    let count = try unsigned()
    guard count <= bytes.count - position else { throw Self.damage }
    defer { position += count }
    return String(decoding: bytes[position..<position + count], as: UTF8.self)
  }

  mutating func skip(_ kind: Kind) throws {
    switch kind {
    case .isTrue, .isFalse: break
    case .byte: _ = try byte()
    case .int16, .int32, .int64: _ = try varint()
    case .double: try advance(8)
    case .binary: try advance(try unsigned())
    case .structure: try structure { reader, _, kind in try reader.skip(kind) }
    case .list, .set:
      let (count, kind) = try listHead()
      for _ in 0..<count { try skipElement(kind) }
    case .map:
      let count = try unsigned()
      guard count > 0 else { return }
      guard count <= bytes.count - position else { throw Self.damage }
      let kinds = try byte()
      guard let key = Kind(rawValue: kinds >> 4), let value = Kind(rawValue: kinds & 15) else { throw Self.damage }
      for _ in 0..<count {
        try skipElement(key)
        try skipElement(value)
      }
    }
  }

  /// In lists a boolean has a byte of its own.
  private mutating func skipElement(_ kind: Kind) throws {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw Self.damage }
    switch kind {
    case .isTrue, .isFalse: _ = try byte()
    default: try skip(kind)
    }
  }

  private mutating func advance(_ count: Int) throws(InventoryDamage) {
    guard count <= bytes.count - position else { throw Self.damage }
    position += count
  }

  private mutating func unsigned() throws(InventoryDamage) -> Int {
    let value = try varint()
    guard value >= 0 else { throw Self.damage }
    return value
  }

  private mutating func varint() throws(InventoryDamage) -> Int {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      let byte = try byte()
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return Int(bitPattern: UInt(value)) }
    }
    throw Self.damage
  }

  private mutating func byte() throws(InventoryDamage) -> UInt8 {
    guard position < bytes.count else { throw Self.damage }
    defer { position += 1 }
    return bytes[position]
  }
}
