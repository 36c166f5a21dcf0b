/// A value that plans, journals and checkpoints hold as JSON.
///
/// `JSONWriter` writes it, because `JSONEncoder` cannot keep the order of members. A type that is `Decodable` too
/// names its members once: its `CodingKeys` serve for both.
package protocol JSONWritable {
  /// Writes the value: an object, an array, a string, a number, true, false or null.
  func write(to json: inout JSONWriter)
}

extension JSONWriter {
  /// Writes a member under the name that its decoding uses.
  package mutating func member(_ key: some CodingKey, _ value: some JSONWritable) {
    name(key.stringValue)
    value.write(to: &self)
  }
}

extension String: JSONWritable {
  package func write(to json: inout JSONWriter) { json.string(self) }
}

extension Int: JSONWritable {
  package func write(to json: inout JSONWriter) { json.number(self) }
}

extension Bool: JSONWritable {
  package func write(to json: inout JSONWriter) { json.bool(self) }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
  package func write(to json: inout JSONWriter) {
    if let self { self.write(to: &json) } else { json.null() }
  }
}

extension Array: JSONWritable where Element: JSONWritable {
  package func write(to json: inout JSONWriter) {
    json.array { json in
      for element in self { element.write(to: &json) }
    }
  }
}
