import Foundation

/// A document as the AWS CLI prints it, to be asked for what is in it.
indirect enum JSONValue: Sendable, Hashable, Decodable {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  /// Nothing printed is no value.
  init(parsing data: Data) throws {
    self = data.allSatisfy { $0 <= 0x20 } ? .null : try JSONDecoder().decode(Self.self, from: data)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// A member; null where there is none.
  subscript(name: String) -> JSONValue {
    if case .object(let members) = self { members[name] ?? .null } else { .null }
  }

  /// An element; null where there is none.
  subscript(index: Int) -> JSONValue { elements.indices.contains(index) ? elements[index] : .null }

  /// The elements of a list; none of what is no list.
  var elements: [JSONValue] {
    if case .list(let elements) = self { elements } else { [] }
  }

  /// The members of an object; none of what is none.
  var members: [String: JSONValue] {
    if case .object(let members) = self { members } else { [:] }
  }

  /// Empty for what is no text.
  var text: String {
    if case .text(let text) = self { text } else { "" }
  }

  var isObject: Bool {
    if case .object = self { true } else { false }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  init(stringLiteral value: String) { self = .text(value) }
  init(integerLiteral value: Int) { self = .number(Double(value)) }
  init(booleanLiteral value: Bool) { self = .flag(value) }
  init(arrayLiteral elements: JSONValue...) { self = .list(elements) }
  init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(.init(uniqueKeysWithValues: elements)) }
  init(nilLiteral: ()) { self = .null }
}
