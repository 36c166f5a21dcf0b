/// What the end of a Parquet file says: its columns, and where their values are.
struct ParquetFooter {
  /// A column at the outermost level.
  struct Column {
    /// How values are stored, by Parquet's number.
    let type: Int
    let isOptional: Bool
    /// How many units of a time make a millisecond: 1 of milliseconds, 1,000 of microseconds; nil if it is not a time.
    let unitsPerMillisecond: Int?
  }

  /// Where the values of a column are, for some rows.
  struct Chunk {
    var type = -1
    var codec = -1
    var valueCount = -1
    var byteCount = -1
    var dataOffset = -1
    var dictionaryOffset: Int?
    /// The column; nil for one that is not used.
    var field: InventoryField?

    /// Where its pages are.
    var range: Range<Int>? {
      let start = dictionaryOffset.map { $0 > 0 ? min($0, dataOffset) : dataOffset } ?? dataOffset
      let (end, overflow) = start.addingReportingOverflow(byteCount)
      guard start >= 4, byteCount >= 0, !overflow else { return nil }
      return start..<end
    }
  }

  /// Rows whose columns are stored together.
  struct RowGroup {
    var chunks: [InventoryField: Chunk] = [:]
    var rowCount = -1
  }

  static let magic = Array("PAR1".utf8)

  /// The columns that are used.
  private(set) var columns: [InventoryField: Column] = [:]
  private(set) var groups: [RowGroup] = []

  /// - Throws: `InventoryDamage`.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    var schema: [Element] = []
    var reader = ThriftReader(bytes)
    var groups: [RowGroup] = []
    try reader.structure { reader, field, kind in
      switch field {
      case 2 where kind == .list: try reader.list(.structure) { schema.append(try Element(&$0)) }
      case 4 where kind == .list: try reader.list(.structure) { groups.append(try Self.group(&$0)) }
      default: try reader.skip(kind)
      }
    }
    self.groups = groups
    try bind(schema)
    for group in groups {
      guard group.rowCount >= 0 else { throw InventoryDamage("Parquet: a group of rows has no count") }
      for field in columns.keys {
        guard let chunk = group.chunks[field], chunk.type == columns[field]?.type,
          chunk.valueCount == group.rowCount
        else { throw InventoryDamage("Parquet: a group of rows lacks a column, or some of its values") }
      }
    }
  }

  /// An element of the schema: a column, or a group of columns that follow it.
  private struct Element {
    var type = -1
    var repetition = 0
    var name = ""
    var childCount = 0
    var convertedType = -1
    /// From the logical type.
    var unitsPerMillisecond: Int?

    init(_ reader: inout ThriftReader) throws {
      var copy = Element()
      try reader.structure { reader, field, kind in
        switch field {
        case 1: copy.type = try reader.integer(kind)
        case 3: copy.repetition = try reader.integer(kind)
        case 4: copy.name = try reader.text(kind)
        case 5: copy.childCount = try reader.integer(kind)
        case 6: copy.convertedType = try reader.integer(kind)
        case 10 where kind == .structure: copy.unitsPerMillisecond = try Self.unit(&reader)
        default: try reader.skip(kind)
        }
      }
      self = copy
    }

    private init() {}

    /// The unit of a logical type TIMESTAMP.
    private static func unit(_ reader: inout ThriftReader) throws -> Int? {
      var units: Int?
      try reader.structure { reader, field, kind in
        guard field == 8, kind == .structure else { return try reader.skip(kind) }
        try reader.structure { reader, field, kind in
          guard field == 2, kind == .structure else { return try reader.skip(kind) }
          try reader.structure { reader, field, kind in
            units = [1: 1, 2: 1000, 3: 1_000_000][field]
            try reader.skip(kind)
          }
        }
      }
      return units
    }

    var column: Column {
      Column(
        type: type, isOptional: repetition == 1,
        unitsPerMillisecond: unitsPerMillisecond ?? (convertedType == 9 ? 1 : convertedType == 10 ? 1000 : nil))
    }
  }

  /// Finds the columns that are used; they are at the outermost level.
  private mutating func bind(_ schema: [Element]) throws {
    guard let root = schema.first else { throw InventoryDamage("Parquet: it has no schema") }
    var index = 1
    for _ in 0..<max(0, root.childCount) {
      guard index < schema.count else { throw InventoryDamage("Parquet: its schema is cut off") }
      let element = schema[index]
      if element.childCount > 0 {
        // Whatever is in a group is passed over.
        var left = element.childCount
        index += 1
        while left > 0 {
          guard index < schema.count, (0...schema.count).contains(schema[index].childCount) else {
            throw InventoryDamage("Parquet: its schema is cut off")
          }
          left += schema[index].childCount - 1
          index += 1
        }
        continue
      }
      if let field = InventoryField(named: element.name) {
        guard element.repetition == 0 || element.repetition == 1, columns[field] == nil else {
          throw InventoryDamage("Parquet: the column \(field.name) is a list, or there twice")
        }
        columns[field] = element.column
      }
      index += 1
    }
  }

  private static func group(_ reader: inout ThriftReader) throws -> RowGroup {
    var group = RowGroup()
    try reader.structure { reader, field, kind in
      switch field {
      case 1 where kind == .list:
        try reader.list(.structure) { reader in
          let chunk = try chunk(&reader)
          if let field = chunk.field { group.chunks[field] = chunk }
        }
      case 3: group.rowCount = try reader.integer(kind)
      default: try reader.skip(kind)
      }
    }
    return group
  }

  private static func chunk(_ reader: inout ThriftReader) throws -> Chunk {
    var chunk = Chunk()
    var isElsewhere = false
    try reader.structure { reader, field, kind in
      switch field {
      case 1, 8, 9:
        isElsewhere = true
        try reader.skip(kind)
      case 3 where kind == .structure: try metadata(&reader, &chunk)
      default: try reader.skip(kind)
      }
    }
    guard !isElsewhere || chunk.field == nil else {
      throw InventoryDamage("Parquet: a column is encrypted, or in another file")
    }
    return chunk
  }

  private static func metadata(_ reader: inout ThriftReader, _ chunk: inout Chunk) throws {
    var path: [String] = []
    try reader.structure { reader, field, kind in
      switch field {
      case 1: chunk.type = try reader.integer(kind)
      case 3 where kind == .list: try reader.list(.binary) { path.append(try $0.text()) }
      case 4: chunk.codec = try reader.integer(kind)
      case 5: chunk.valueCount = try reader.integer(kind)
      case 7: chunk.byteCount = try reader.integer(kind)
      case 9: chunk.dataOffset = try reader.integer(kind)
      case 11: chunk.dictionaryOffset = try reader.integer(kind)
      default: try reader.skip(kind)
      }
    }
    if path.count == 1 { chunk.field = InventoryField(named: path[0]) }
  }
}
