/// Takes secrets out of texts that come from outside, such as the errors of a server that shows what it was sent.
struct SecretScrubber: Sendable, SecretHolding {
  /// A secret of which that much is seen is shown no further: a server may cut it off.
  private static let telltaleLength = 12
  private static let replacement = "***"

  private let secrets: [[UInt8]]

  /// Looks for the secrets as they are, and as they stand in URLs.
  init(_ secrets: [String]) {
    self.secrets = secrets.flatMap { [$0, PercentEncoding.encode($0)] }.map { Array($0.utf8) }.filter { $0.count > 1 }
  }

  /// The text with asterisks for each secret, or the beginning of one.
  func scrub(_ text: String) -> String {
    secrets.reduce(text) { Self.scrub($0, of: $1) }
  }

  private static func scrub(_ text: String, of secret: [UInt8]) -> String {
    let bytes = Array(text.utf8)
    let needed = min(telltaleLength, secret.count)
    guard bytes.count >= needed else { return text }
    var result: [UInt8] = []
    var place = 0
    var isFound = false
    while place < bytes.count {
      guard bytes[place] == secret[0], bytes[place...].starts(with: secret.prefix(needed)) else {
        result.append(bytes[place])
        place += 1
        continue
      }
      isFound = true
      result += replacement.utf8
      place += zip(bytes[place...], secret).prefix { $0 == $1 }.count
    }
    return isFound ? String(decoding: result, as: UTF8.self) : text
  }
}
