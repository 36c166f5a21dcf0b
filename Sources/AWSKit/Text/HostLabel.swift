/// The rule for a label of a host name; all code that builds a host checks it.
enum HostLabel {
  /// Whether the text is one label of a host name (RFC 1123): letters, digits and inner hyphens, at most 63 of them.
  static func isValid(_ text: String) -> Bool {
    let bytes = text.utf8
    let hyphen = UInt8(ascii: "-")
    return (1...63).contains(bytes.count) && bytes.first != hyphen && bytes.last != hyphen
      && bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"), hyphen:
          true
        default: false
        }
      }
  }
}
