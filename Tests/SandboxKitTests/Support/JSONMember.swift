/// A member of a JSON object, or an element of a list.
enum JSONMember: Decodable, Equatable {
  case number(Int)
  case flag(Bool)
  case text(String)
  case list([JSONMember])
  case object([String: JSONMember])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {
      self = .number(number)
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSONMember].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: JSONMember].self))
    }
  }

  /// Empty for what is no text.
  var text: String {
    if case .text(let text) = self { text } else { "" }
  }

  /// 0 for what is no number.
  var number: Int {
    if case .number(let number) = self { number } else { 0 }
  }

  /// Nil where there is no such member.
  subscript(name: String) -> JSONMember? {
    if case .object(let members) = self { members[name] } else { nil }
  }
}
