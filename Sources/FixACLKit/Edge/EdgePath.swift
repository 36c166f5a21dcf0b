internal import AWSKit

/// How keys stand in the paths that viewers ask for and that invalidations name.
enum EdgePath {
  /// Encodes what is not ASCII or unsafe, and nothing else: CloudFront compares what is left as it stands (CloudFront
  /// Developer Guide, "Specify the files to invalidate").
  ///
  /// A question mark would begin a query, an asterisk at the end would stand for any characters, and S3 takes a plus sign
  /// for a blank.
  ///
  /// - Parameter key: decoded, with the slash at its beginning.
  static func encoded(_ key: some Collection<UInt8>) -> String { PercentEncoding.encode(key, keeping: isPlain) }

  /// The same path as viewers may have it too: RFC 1738 calls the tilde unsafe, and browsers send it as it is; S3 reads a
  /// plus sign in a path as a blank, as forms write it.
  static func otherForms(of path: String) -> [String] {
    let tilde = path.replacing("~", with: "%7E")
    let forms = [tilde, path.replacing("%20", with: "+"), tilde.replacing("%20", with: "+")]
    return forms.reduce(into: []) { if $1 != path, !$0.contains($1) { $0.append($1) } }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "#"), UInt8(ascii: "%"),
      UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "|"), UInt8(ascii: "\\"), UInt8(ascii: "^"),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "`"), UInt8(ascii: "?"), UInt8(ascii: "*"),
      UInt8(ascii: "+"):
      false
    default: (0x21..<0x7f).contains(byte)
    }
  }
}
