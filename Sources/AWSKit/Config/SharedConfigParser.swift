/// Parses AWS's shared files line by line.
///
/// The rules are the AWS CLI's, which are those of Python's `configparser` (strict, no interpolation) plus nested
/// blocks. Like AWS's SDKs it also accepts a comment after a value if a blank precedes it, blanks inside the brackets,
/// and a byte order mark; `[DEFAULT]` is not special.
struct SharedConfigParser {
  private let path: String
  private var sections: [SharedConfigFile.Section] = []
  /// The line number of each section.
  private var sectionLines: [String: Int] = [:]
  /// The line number of each property of the current section.
  private var propertyLines: [String: Int] = [:]
  private var current: CurrentProperty?
  /// The indentation of the last section or property: a line with more indentation continues it.
  private var indentation = 0

  /// A property that the next line may continue.
  private struct CurrentProperty {
    let name: String
    let value: String
    var continuation: [(line: Int, text: String)] = []
  }

  /// - Parameter path: for error messages only.
  init(path: String) {
    self.path = path
  }

  /// The sections of a whole file.
  mutating func parse(_ bytes: [UInt8]) throws(CredentialsError) -> [SharedConfigFile.Section] {
    var rest = bytes[...]
    if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest.removeFirst(3) }
    var number = 0
    while !rest.isEmpty {
      number += 1
      let end = rest.firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? rest.endIndex
      try parseLine(rest[..<end], number)
      let isCRLF = rest[end...].starts(with: [UInt8(ascii: "\r"), UInt8(ascii: "\n")])
      rest = rest[end...].dropFirst(isCRLF ? 2 : 1)
    }
    try endProperty()
    return sections
  }

  private mutating func parseLine(_ line: ArraySlice<UInt8>, _ number: Int) throws(CredentialsError) {
    let content = line.drop(while: \.isBlank)
    guard let first = content.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { return }
    if current != nil, content.startIndex - line.startIndex > indentation {
      let text = try text(withoutComment(content), number)
      current?.continuation.append((number, text))
      return
    }
    try endProperty()
    indentation = content.startIndex - line.startIndex
    if first == UInt8(ascii: "[") {
      try beginSection(content.dropFirst(), number)
    } else {
      try beginProperty(withoutComment(content), number)
    }
  }

  private mutating func beginSection(_ rest: ArraySlice<UInt8>, _ number: Int) throws(CredentialsError) {
    guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else {
      throw malformed(number, "a section's name lacks its closing bracket")
    }
    let name = try text(rest[..<end], number)
    guard !name.isEmpty else { throw malformed(number, "a section has no name") }
    if let earlier = sectionLines.updateValue(number, forKey: name) {
      throw malformed(number, "the section [\(name)] is on line \(earlier) already: make them one")
    }
    sections.append(SharedConfigFile.Section(name: name))
    propertyLines = [:]
  }

  private mutating func beginProperty(_ content: ArraySlice<UInt8>, _ number: Int) throws(CredentialsError) {
    guard !sections.isEmpty else {
      throw malformed(number, "there is no section yet: a line such as [default] must stand above")
    }
    guard let delimiter = content.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") })
    else { throw malformed(number, "neither a section nor a comment nor \"name = value\"") }
    let name = try text(content[..<delimiter], number).lowercased()
    guard !name.isEmpty else { throw malformed(number, "a value without a name") }
    // Line numbers only: in a damaged file the name may be a part of a secret.
    if let earlier = propertyLines.updateValue(number, forKey: name) {
      throw malformed(number, "the same property is on line \(earlier) already: delete one of them")
    }
    current = CurrentProperty(name: name, value: try text(content[(delimiter + 1)...], number))
  }

  private mutating func endProperty() throws(CredentialsError) {
    guard let property = current else { return }
    current = nil
    let last = sections.count - 1
    guard property.value.isEmpty, !property.continuation.isEmpty else {
      let lines = [property.value] + property.continuation.map(\.text)
      sections[last].properties[property.name] = .text(lines.joined(separator: "\n"))
      return
    }
    var nested: [String: String] = [:]
    for (number, line) in property.continuation {
      let parts = line.utf8.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw malformed(number, "an indented line of a block, but not \"name = value\"")
      }
      nested[try text(ArraySlice(parts[0]), number)] = try text(ArraySlice(parts[1]), number)
    }
    sections[last].properties[property.name] = .nested(nested)
  }

  /// The text before the first `#` or `;` that follows a blank and is not quoted, as parts of commands are.
  private func withoutComment(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var quote: UInt8?
    for index in bytes.indices.dropFirst() {
      let byte = bytes[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        // An apostrophe quotes nothing.
        if bytes[(index + 1)...].contains(byte) { quote = byte }
      } else if byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";"), bytes[index - 1].isBlank {
        return bytes[..<index]
      }
    }
    return bytes
  }

  /// The bytes as text, without surrounding blanks.
  private func text(_ bytes: ArraySlice<UInt8>, _ number: Int) throws(CredentialsError) -> String {
    var result = bytes.drop(while: \.isBlank)
    while result.last?.isBlank == true { result.removeLast() }
    guard let text = String(validating: result, as: UTF8.self) else { throw malformed(number, "not UTF-8") }
    return text
  }

  private func malformed(_ number: Int, _ reason: String) -> CredentialsError {
    CredentialsError(.malformedFile, "cannot parse \(path), line \(number): \(reason)")
  }
}

extension UInt8 {
  /// Whether the format treats the byte as white space within a line.
  fileprivate var isBlank: Bool {
    self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == 0x0b || self == 0x0c
  }
}
