/// Changes the text of a policy without touching what it says otherwise.
package enum PolicyText {
  /// Adds a statement at the end.
  ///
  /// - Returns: nil if that cannot be done so that everything else stays as it is.
  package static func adding(_ statement: String, to policy: [UInt8]) -> String? {
    guard let value = member("Statement", of: policy), let old = try? PolicyDocument(parsing: policy) else {
      return nil
    }
    let before = String(decoding: policy[..<value.lowerBound], as: UTF8.self)
    let after = String(decoding: policy[value.upperBound...], as: UTF8.self)
    let list = String(decoding: policy[value], as: UTF8.self)
    let text: String
    switch policy[value.lowerBound] {
    case UInt8(ascii: "["):
      text = before + list.dropLast() + (old.statements.isEmpty ? "" : ",") + statement + "]" + after
    case UInt8(ascii: "{"): text = before + "[" + list + "," + statement + "]" + after
    default: return nil
    }
    // A member can be there twice, or be written in another way.
    guard let new = try? PolicyDocument(parsing: Array(text.utf8)),
      new.statements.count == old.statements.count + 1, Array(new.statements.dropLast()) == old.statements
    else { return nil }
    return text
  }

  /// The same on one line, for a shell: without blanks between its tokens.
  package static func compact(_ policy: String) -> String {
    var result: [UInt8] = []
    var (isText, isEscaped) = (false, false)
    for byte in policy.utf8 {
      if isText {
        (isText, isEscaped) = (isEscaped || byte != UInt8(ascii: "\""), !isEscaped && byte == UInt8(ascii: "\\"))
      } else {
        isText = byte == UInt8(ascii: "\"")
        if isBlank(byte) { continue }
      }
      result.append(byte)
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Where the value of a member of the outermost object stands.
  private static func member(_ name: String, of bytes: [UInt8]) -> Range<Int>? {
    var depth = 0
    var place = 0
    var start: Int?
    var found: Range<Int>?
    while place < bytes.count {
      let byte = bytes[place]
      switch byte {
      case UInt8(ascii: "\""):
        let text = place
        place += 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
          place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard place < bytes.count else { return nil }
        if depth == 1, start == nil, bytes[(text + 1)..<place].elementsEqual(name.utf8) {
          // A member that is there twice: nobody knows which one counts.
          guard found == nil else { return nil }
          var next = place + 1
          while next < bytes.count, isBlank(bytes[next]) { next += 1 }
          guard next < bytes.count, bytes[next] == UInt8(ascii: ":") else { break }
          next += 1
          while next < bytes.count, isBlank(bytes[next]) { next += 1 }
          guard next < bytes.count, [UInt8(ascii: "["), UInt8(ascii: "{")].contains(bytes[next]) else { return nil }
          start = next
          place = next - 1
        }
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
        if depth == 1, let first = start {
          found = first..<(place + 1)
          start = nil
        }
      default: break
      }
      place += 1
    }
    return found
  }

  private static func isBlank(_ byte: UInt8) -> Bool { (0x09...0x0d).contains(byte) || byte == 0x20 }
}
