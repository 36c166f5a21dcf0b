internal import Foundation

/// How S3 takes and gives user metadata beyond ASCII (User Guide: "Working with object metadata").
///
/// What comes is decoded by RFC 2047 where it is encoded so; raw bytes are taken one by one for characters, as in
/// ISO 8859-1. What goes is encoded by RFC 2047 where it is not ASCII.
enum MetadataEncoding {
  static func decode(_ header: String) -> String {
    guard header.contains("=?") else {
      guard header.utf8.contains(where: { $0 >= 0x80 }) else { return header }
      return String(String.UnicodeScalarView(header.utf8.map { Unicode.Scalar($0) }))
    }
    var result = ""
    var rest = header[...]
    var endsWithWord = false
    while let start = rest.firstRange(of: "=?") {
      let parts = rest[start.upperBound...].split(separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
      guard parts.count == 4, parts[3].hasPrefix("="), let word = decoded(parts[2], encoding: parts[1]) else { break }
      let before = rest[..<start.lowerBound]
      // Blanks between two encoded words are not of the text.
      if !(endsWithWord && before.allSatisfy { $0 == " " }) { result += before }
      result += word
      endsWithWord = true
      rest = parts[3].dropFirst()
    }
    return result + rest
  }

  private static func decoded(_ text: Substring, encoding: Substring) -> String? {
    switch encoding.uppercased() {
    case "B":
      return Data(base64Encoded: String(text)).flatMap { String(bytes: $0, encoding: .utf8) }
    case "Q":
      let escaped = text.replacing("%", with: "=25").replacing("_", with: "=20").replacing("=", with: "%")
      return String(escaped).removingPercentEncoding
    default: return nil
    }
  }

  static func encode(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
    return "=?UTF-8?B?" + Data(text.utf8).base64EncodedString() + "?="
  }
}
