internal import AWSKit

/// How keys stand in the paths that viewers ask for and that invalidations name.
enum EdgePath {
  /// Encodes what is not ASCII or unsafe, and nothing else: CloudFront compares what is left as it stands (CloudFront
  /// Developer Guide, "Specify the files to invalidate").
  ///
  /// A question mark would begin a query, and an asterisk at the end would stand for any characters.
  ///
  /// - Parameter key: decoded, with the slash at its beginning.
  static func encoded(_ key: some Collection<UInt8>) -> String { PercentEncoding.encode(key, keeping: isPlain) }

  /// The same path as viewers may have it too: RFC 1738 calls the tilde unsafe, and browsers send it as it is.
  ///
  /// - Returns: nil if there is no other form.
  static func otherForm(of path: String) -> String? {
    guard path.utf8.contains(UInt8(ascii: "~")) else { return nil }
    return path.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "%7E")
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "#"), UInt8(ascii: "%"),
      UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "|"), UInt8(ascii: "\\"), UInt8(ascii: "^"),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "`"), UInt8(ascii: "?"), UInt8(ascii: "*"):
      false
    default: (0x21..<0x7f).contains(byte)
    }
  }
}
