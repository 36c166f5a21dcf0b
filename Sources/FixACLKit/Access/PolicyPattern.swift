/// A pattern of IAM's in a bucket policy: `*` stands for any bytes, `?` for one.
package struct PolicyPattern: Sendable, Hashable {
  package let text: String
  private let bytes: [UInt8]

  /// - Parameter ignoresCase: as for actions; resources are compared as they are written.
  package init(_ text: String, ignoresCase: Bool = false) {
    self.text = text
    bytes = Array((ignoresCase ? text.lowercased() : text).utf8)
  }

  /// Whether the whole of `text` fits.
  package func matches(_ text: [UInt8]) -> Bool {
    placesAfter(text).contains { place in bytes[place...].allSatisfy { $0 == UInt8(ascii: "*") } }
  }

  /// Whether everything that begins with `prefix` fits.
  package func covers(everythingWith prefix: [UInt8]) -> Bool {
    bytes.last == UInt8(ascii: "*") && matches(prefix)
  }

  /// Whether something that begins with `prefix` fits.
  package func overlaps(with prefix: [UInt8]) -> Bool {
    !placesAfter(prefix).isEmpty
  }

  /// The text before the first sign that stands for others.
  package var literalPrefix: String {
    String(decoding: bytes.prefix { $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: "?") }, as: UTF8.self)
  }

  /// Every place in the pattern at which one can be when `text` has been read.
  private func placesAfter(_ text: [UInt8]) -> Set<Int> {
    var places: Set = [0]
    for byte in text {
      var next: Set<Int> = []
      for place in places {
        var place = place
        // An asterisk takes the byte and stays, or takes nothing.
        while place < bytes.count, bytes[place] == UInt8(ascii: "*") {
          next.insert(place)
          place += 1
        }
        if place < bytes.count, bytes[place] == byte || bytes[place] == UInt8(ascii: "?") { next.insert(place + 1) }
      }
      places = next
      if places.isEmpty { break }
    }
    return places
  }
}
