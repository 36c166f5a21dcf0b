internal import Foundation

/// What is wrong with a JSON document that somebody wrote by hand.
package struct InputFileError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }

  /// - Parameters:
  ///   - error: what a decoder threw.
  ///   - item: what the elements of its lists are called.
  package init(_ error: any Error, item: String) {
    func text(_ path: [any CodingKey], _ message: String) -> String {
      let place = path.map { key in key.intValue.map { "\(item) \($0 + 1)" } ?? key.stringValue }
      return place.isEmpty ? message : place.joined(separator: ", ") + ": " + message
    }
    switch error {
    case let fault as InputFileError: self = fault
    case DecodingError.keyNotFound(let key, let context):
      self.init(text(context.codingPath, "it has no '\(key.stringValue)'"))
    case DecodingError.typeMismatch(let type, let context), DecodingError.valueNotFound(let type, let context):
      self.init(text(context.codingPath, "it must be \(Self.name(of: type))"))
    case DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty:
      let detail = (context.underlyingError as? CocoaError)?.userInfo[NSDebugDescriptionErrorKey] as? String
      self.init("it is not JSON" + (detail.map { ": \($0)" } ?? ""))
    case DecodingError.dataCorrupted(let context): self.init(text(context.codingPath, context.debugDescription))
    default: self.init("\(error)")
    }
  }

  /// JSON's word for what a Swift type is decoded from.
  private static func name(of type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a string"
    case is Bool.Type: "true or false"
    case is any BinaryInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    default: "\(type)".hasPrefix("Array") ? "a list" : "an object"
    }
  }
}

extension Decoder {
  /// Refuses what nobody would look at: a name that was misspelled would otherwise count as left out.
  func refuseUnknownFields<Keys: CodingKey & CaseIterable>(_ known: Keys.Type) throws {
    let names = Keys.allCases.map(\.stringValue)
    let fields = try container(keyedBy: AnyField.self).allKeys.map(\.stringValue).sorted()
    guard let unknown = fields.first(where: { !names.contains($0) }) else { return }
    throw DecodingError.dataCorrupted(
      DecodingError.Context(
        codingPath: codingPath, debugDescription: "'\(unknown)' is none of \(names.joined(separator: ", "))"))
  }
}

private struct AnyField: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) {
    self.stringValue = stringValue
  }

  init?(intValue: Int) { nil }
}
