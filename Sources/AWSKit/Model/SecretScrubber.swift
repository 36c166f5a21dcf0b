/// Removes secrets from outside text, such as errors of a server that echoes what it was sent.
struct SecretScrubber: Sendable, SecretHolding {
  /// The first characters of a secret that identify it: a server may show it cut off.
  private static let telltaleLength = 12
  private static let replacement = "***"

  private let secrets: [[UInt8]]

  /// Matches the secrets as they are, and percent-encoded.
  init(_ secrets: [String]) {
    self.secrets = secrets.flatMap { [$0, PercentEncoding.encode($0)] }.map { Array($0.utf8) }.filter { $0.count > 1 }
  }

  /// The text with asterisks in place of each secret or its beginning.
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
