internal import Glibc

/// Parses documents that are nothing but elements and text, as S3 writes its answers, in a fraction of libxml2's time.
///
/// It gives up at the first thing that it does not know: comments, sections, processing instructions, document types,
/// attributes but S3's own, other references than those to five characters, control characters, and everything that is
/// not well-formed. libxml2 then reads the document from its beginning. So it decides nothing: what it accepts, libxml2
/// accepts with the same elements and texts (see the fuzz target `xml`).
package enum PlainXMLParser {
  /// libxml2 has limits from ten million bytes on; nothing that S3 sends is as long.
  private static let maximumLength = 9_000_000
  /// S3's documents have at most six levels.
  private static let maximumDepth = 32
  /// The longest page of a listing has some 13,000.
  private static let maximumElements = 100_000
  private static let maximumNameLength = 64

  /// The only declaration accepted.
  private static let declaration: StaticString = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

  /// The attributes accepted, each with the end of the tag.
  private static let attributes: [StaticString] = [
    " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">",
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\">",
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\">",
  ]

  /// The references accepted. Servers written in Go have the last two.
  private static let references: [(text: StaticString, character: Unicode.Scalar)] = [
    ("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&apos;", "'"), ("&#34;", "\""), ("&#39;", "'"),
  ]

  /// Parses the whole document.
  ///
  /// - Parameter root: the required name of the root element.
  /// - Returns: whether it did. If not, `handler` has taken in a part of the document, and is of no more use.
  package static func parse<Handler: XMLHandler>(
    _ document: UnsafeRawBufferPointer, root: StaticString, into handler: inout Handler
  ) -> Bool {
    guard document.count <= maximumLength, let start = document.assumingMemoryBound(to: UInt8.self).baseAddress else {
      return false
    }
    return withUnsafeTemporaryAllocation(of: XMLName.self, capacity: maximumDepth) { open in
      var scratch = Scratch()
      return parse(start, start + document.count, root: root, into: &handler, open: open, &scratch)
    }
  }

  /// - Parameter open: room for the names of the open elements.
  private static func parse<Handler: XMLHandler>(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, root: StaticString, into handler: inout Handler,
    open: UnsafeMutableBufferPointer<XMLName>, _ scratch: inout Scratch
  ) -> Bool {
    var place = start
    if begins(place, end, with: declaration) { place = skipBlanks(place + declaration.utf8CodeUnitCount, end) }
    guard place < end, place.pointee == UInt8(ascii: "<") else { return false }
    place += 1
    var (depth, elements) = (0, 0)
    // The character data since the last tag.
    var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    while true {
      // A tag, behind its bracket.
      guard place < end else { return false }
      var endsElement = false
      if place.pointee == UInt8(ascii: "/") {
        guard depth > 0 else { return false }
        let name = open[depth - 1]
        place += 1
        // The name, and a bracket behind it.
        guard end - place > name.count, place[name.count] == UInt8(ascii: ">"), isEqual(place, name.bytes, name.count)
        else { return false }
        place += name.count + 1
        endsElement = true
      } else {
        let name = XMLName(bytes: place, count: lengthOfName(place, end))
        elements += 1
        guard name.count > 0, depth < maximumDepth, elements <= maximumElements, depth > 0 || name == root else {
          return false
        }
        place += name.count
        guard place < end else { return false }
        switch place.pointee {
        case UInt8(ascii: ">"): place += 1
        case UInt8(ascii: "/"):
          place += 1
          guard place < end, place.pointee == UInt8(ascii: ">") else { return false }
          place += 1
          endsElement = true
        case UInt8(ascii: " "):
          guard let attributes = attributes.first(where: { begins(place, end, with: $0) }) else { return false }
          place += attributes.utf8CodeUnitCount
        default: return false
        }
        text = UnsafeBufferPointer(start: place, count: 0)
        handler.begin(name, depth: depth)
        open[depth] = name
        depth += 1
      }
      if endsElement {
        depth -= 1
        handler.end(open[depth], depth: depth, text: text)
        if depth == 0 { return skipBlanks(place, end) == end }
        // What is rejected, libxml2 stops at.
        if depth == 1, handler.rejection != nil { return false }
      }
      guard let next = readText(from: place, end, &text, &scratch) else { return false }
      place = next
    }
  }

  /// Reads the text between two tags.
  ///
  /// - Parameter text: becomes the text, valid until the next call.
  /// - Returns: the place behind the bracket of the next tag; nil if there is none, or something else than text before
  ///   it.
  @inline(__always)
  private static func readText(
    from start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ text: inout UnsafeBufferPointer<UInt8>,
    _ scratch: inout Scratch
  ) -> UnsafePointer<UInt8>? {
    var place = start
    var hasReferences = false
    var isASCII = true
    while true {
      place = skipPlainText(place, end)
      guard place < end else { return nil }
      switch place.pointee {
      case UInt8(ascii: "<"):
        text = UnsafeBufferPointer(start: start, count: place - start)
        if !isASCII, !isCharacters(text) { return nil }
        if hasReferences {
          guard let resolved = scratch.resolve(text) else { return nil }
          text = resolved
        }
        return place + 1
      case UInt8(ascii: "&"): hasReferences = true
      // A carriage return is not among them: libxml2 makes line feeds of those.
      case UInt8(ascii: "\n"), UInt8(ascii: "\t"): break
      case 0x80...0xff: isASCII = false
      default: return nil
      }
      place += 1
    }
  }

  /// The first place that has something else than a letter, a digit, or another ASCII character that stands for itself
  /// in all texts.
  @inline(__always)
  private static func skipPlainText(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8> {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highBits = ones &* 0x80
    var place = start
    // Eight at once: what is subtracted from a smaller byte leaves its high bit set. It may also set it in bytes behind
    // that one, but the first one is what counts.
    while end - place >= 8 {
      let bytes = UInt64(littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt64.self))
      let controlsAndNonASCII = bytes &- ones &* 0x20 | bytes
      // "<" and ">" differ in one bit.
      let brackets = (bytes | ones &* 0x02) ^ ones &* UInt64(UInt8(ascii: ">"))
      let ampersands = bytes ^ ones &* UInt64(UInt8(ascii: "&"))
      let found =
        (controlsAndNonASCII | (brackets &- ones) & ~brackets | (ampersands &- ones) & ~ampersands) & highBits
      if found != 0 { return place + found.trailingZeroBitCount >> 3 }
      place += 8
    }
    while place < end {
      switch place.pointee {
      case 0..<0x20, 0x80...0xff, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): return place
      default: place += 1
      }
    }
    return place
  }

  /// How many characters of an element's name begin here; 0 if none does, or too many do.
  @inline(__always)
  private static func lengthOfName(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
    let most = min(end - start, maximumNameLength)
    var count = 0
    while count < most {
      // Without a prefix: colons are not among them.
      switch start[count] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): break
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
        guard count > 0 else { return 0 }
      default: return count
      }
      count += 1
    }
    return 0
  }

  @inline(__always)
  private static func skipBlanks(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8> {
    var place = start
    while place < end {
      switch place.pointee {
      case 0x20, 0x09, 0x0a, 0x0d: place += 1
      default: return place
      }
    }
    return place
  }

  @inline(__always)
  private static func begins(
    _ place: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, with text: StaticString
  ) -> Bool {
    end - place >= text.utf8CodeUnitCount && memcmp(place, text.utf8Start, text.utf8CodeUnitCount) == 0
  }

  /// Whether as many bytes are the same in both places. Names are short: calling a function would take longer.
  @inline(__always)
  private static func isEqual(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var index = 0
    while index < count {
      guard left[index] == right[index] else { return false }
      index += 1
    }
    return true
  }

  /// Whether a text is UTF-8 (Unicode Standard, table 3-7), of characters that XML can hold. Those below U+0020 are not
  /// looked at.
  private static func isCharacters(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var rest = text[...]
    func takes(_ range: ClosedRange<UInt8>) -> Bool {
      guard let byte = rest.first, range.contains(byte) else { return false }
      rest.removeFirst()
      return true
    }
    while let first = rest.popFirst() {
      let isCharacter =
        switch first {
        case 0x00...0x7f: true
        case 0xc2...0xdf: takes(0x80...0xbf)
        case 0xe0: takes(0xa0...0xbf) && takes(0x80...0xbf)
        case 0xed: takes(0x80...0x9f) && takes(0x80...0xbf)
        // U+FFFE and U+FFFF are no characters.
        case 0xef where rest.first == 0xbf: takes(0xbf...0xbf) && takes(0x80...0xbd)
        case 0xe1...0xef: takes(0x80...0xbf) && takes(0x80...0xbf)
        case 0xf0: takes(0x90...0xbf) && takes(0x80...0xbf) && takes(0x80...0xbf)
        case 0xf1...0xf3: takes(0x80...0xbf) && takes(0x80...0xbf) && takes(0x80...0xbf)
        case 0xf4: takes(0x80...0x8f) && takes(0x80...0xbf) && takes(0x80...0xbf)
        default: false
        }
      guard isCharacter else { return false }
    }
    return true
  }

  /// Where texts are written that differ from what stands in the document.
  private struct Scratch: ~Copyable {
    private var room = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)

    /// The text with its references resolved; valid until the next call. Nil if it has one that is not known.
    mutating func resolve(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
      guard let start = text.baseAddress else { return nil }
      // A reference is longer than what it stands for.
      if room.count < text.count {
        room.deallocate()
        room = .allocate(capacity: max(1024, 2 * text.count))
      }
      guard let written = room.baseAddress else { return nil }
      let end = start + text.count
      var (place, count) = (start, 0)
      while place < end {
        if place.pointee != UInt8(ascii: "&") {
          written[count] = place.pointee
          place += 1
        } else {
          guard let reference = references.first(where: { begins(place, end, with: $0.text) }) else { return nil }
          written[count] = UInt8(ascii: reference.character)
          place += reference.text.utf8CodeUnitCount
        }
        count += 1
      }
      return UnsafeBufferPointer(start: written, count: count)
    }

    deinit { room.deallocate() }
  }
}
