/// Reads the rows of a CSV file, one after the other: fields in quotation marks or without, and a line end after each
/// row (RFC 4180).
struct CSVRows: Sendable {
  private let bytes: [UInt8]
  private var position = 0
  /// How many rows were read.
  private(set) var count = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The fields of the next row that is not empty; nil at the end, and an empty list for what is no CSV.
  mutating func next() -> [[UInt8]]? {
    while position < bytes.count, bytes[position] == Self.lineFeed || bytes[position] == Self.carriageReturn {
      position += 1
    }
    guard position < bytes.count else { return nil }
    count += 1
    var fields: [[UInt8]] = []
    while true {
      guard let field = field() else {
        position = bytes.count
        return []
      }
      fields.append(field)
      guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { return fields }
      position += 1
    }
  }

  /// Nil where text follows a quotation mark, or there is no second one.
  private mutating func field() -> [UInt8]? {
    guard position < bytes.count, bytes[position] == Self.quotationMark else {
      let start = position
      while position < bytes.count, !Self.endsField(bytes[position]) { position += 1 }
      return Array(bytes[start..<position])
    }
    var field: [UInt8] = []
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      guard byte == Self.quotationMark else {
        field.append(byte)
        continue
      }
      guard position < bytes.count, bytes[position] == Self.quotationMark else {
        return position == bytes.count || Self.endsField(bytes[position]) ? field : nil
      }
      field.append(byte)
      position += 1
    }
    return nil
  }

  /// Appends a field, in quotation marks where it needs them.
  static func write(_ field: some Collection<UInt8>, to bytes: inout [UInt8]) {
    guard field.contains(where: { endsField($0) || $0 == quotationMark }) else {
      bytes += field
      return
    }
    bytes.append(quotationMark)
    for byte in field {
      if byte == quotationMark { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(quotationMark)
  }

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let quotationMark = UInt8(ascii: "\"")

  private static func endsField(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == lineFeed || byte == carriageReturn
  }
}
