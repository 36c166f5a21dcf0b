internal import Glibc

/// The environment's proxy settings: whether there are any, and which parts of them are secret.
struct ProxySettings: Sendable, SecretHolding {
  /// The variables that libcurl reads (everything curl, "Proxy environment variables").
  private static let variables = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]

  /// The settings of this process.
  static let current = ProxySettings(variables.compactMap { name in getenv(name).map { String(cString: $0) } })

  /// Whether libcurl would look for a proxy.
  let isEmpty: Bool
  private let scrubber: SecretScrubber

  init(_ urls: [String]) {
    isEmpty = urls.isEmpty
    scrubber = SecretScrubber(
      urls.flatMap { url -> [String] in
        guard let end = url.lastIndex(of: "@") else { return [] }
        // A password may have slashes in it.
        let start = url[..<end].firstRange(of: "://")?.upperBound ?? url.startIndex
        let password = url[start..<end].split(separator: ":", maxSplits: 1).dropFirst().map(String.init)
        return [String(url[start..<end])] + password
      })
  }

  /// The text without proxy passwords.
  func scrub(_ text: String) -> String { scrubber.scrub(text) }
}
