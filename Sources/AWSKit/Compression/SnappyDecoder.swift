/// Decompresses a block of Snappy's raw format (snappy/format_description.txt), as Parquet holds its pages.
///
/// Written here because the format is a page long: a library would have to be in every package.
package enum SnappyDecoder {
  /// The block is damaged, or its content is not as long as it should be.
  package struct Damage: Error {}

  /// Decompresses a block whose content has the length of the output.
  package static func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws(Damage)
  {
    var position = 0
    guard try length(input, &position) == output.count else { throw Damage() }
    var written = 0
    while position < input.count {
      let tag = Int(input[position])
      position += 1
      switch tag & 3 {
      case 0:
        var count = tag >> 2 + 1
        if count > 60 {
          count = try number(input, &position, bytes: count - 60) + 1
        }
        guard count <= input.count - position, count <= output.count - written else { throw Damage() }
        UnsafeMutableRawBufferPointer(rebasing: output[written..<written + count])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: input[position..<position + count]))
        position += count
        written += count
      case 1:
        let high = (tag >> 5) << 8
        let offset = try number(input, &position, bytes: 1) | high
        try copy(output, &written, offset: offset, count: (tag >> 2) & 7 + 4)
      case 2:
        let offset = try number(input, &position, bytes: 2)
        try copy(output, &written, offset: offset, count: tag >> 2 + 1)
      default:
        let offset = try number(input, &position, bytes: 4)
        try copy(output, &written, offset: offset, count: tag >> 2 + 1)
      }
    }
    guard written == output.count else { throw Damage() }
  }

  /// Copies what was written before; it may overlap what is being written, which then repeats.
  private static func copy(
    _ output: UnsafeMutableRawBufferPointer, _ written: inout Int, offset: Int, count: Int
  ) throws(Damage) {
    guard (1...max(1, written)).contains(offset), offset <= written, count <= output.count - written else {
      throw Damage()
    }
    for index in written..<written + count { output[index] = output[index - offset] }
    written += count
  }

  /// A number of so many bytes, the lowest first.
  private static func number(
    _ input: UnsafeRawBufferPointer, _ position: inout Int, bytes count: Int
  ) throws(Damage) -> Int {
    guard count <= input.count - position else { throw Damage() }
    var value = 0
    for index in 0..<count { value |= Int(input[position + index]) << (8 * index) }
    position += count
    return value
  }

  /// The length of the content, with which a block begins.
  private static func length(_ input: UnsafeRawBufferPointer, _ position: inout Int) throws(Damage) -> Int {
    var value = 0
    for shift in stride(from: 0, to: 35, by: 7) {
      guard position < input.count else { throw Damage() }
      let byte = Int(input[position])
      position += 1
      value |= (byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw Damage()
  }
}
