/// A URL as viewers of a distribution have it.
package struct ViewerURL: Sendable, Hashable {
  package enum Scheme: String, Sendable {
    case http, https
  }

  package var scheme: Scheme
  /// In lower case, without a port.
  package var host: String
  /// Nil for the scheme's own.
  package var port: UInt16?
  /// Percent-encoded as it was typed, with the slash at its beginning.
  package var path: String
  /// Percent-encoded, without the question mark; nil if there is none.
  package var query: String?

  package init(scheme: Scheme, host: String, port: UInt16? = nil, path: String, query: String? = nil) {
    self.scheme = scheme
    self.host = host
    self.port = port
    self.path = path
    self.query = query
  }

  /// Nil if the text is no `http://` or `https://` URL. What browsers would encode is encoded, a fragment is left out.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    func begins(with prefix: String) -> Bool {
      bytes.count > prefix.utf8.count && zip(bytes, prefix.utf8).allSatisfy { $0.asciiLowercase == $1 }
    }
    var rest: ArraySlice<UInt8>
    if begins(with: "https://") {
      scheme = .https
      rest = bytes.dropFirst(8)
    } else if begins(with: "http://") {
      scheme = .http
      rest = bytes.dropFirst(7)
    } else {
      return nil
    }
    if let mark = rest.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<mark] }
    let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
    guard let (host, port) = Self.authority(rest[..<end]) else { return nil }
    self.host = host
    self.port = port == (scheme == .http ? 80 : 443) ? nil : port
    rest = rest[end...]
    let mark = rest.firstIndex(of: UInt8(ascii: "?"))
    let path = Self.encoded(rest[..<(mark ?? rest.endIndex)])
    self.path = path.isEmpty ? "/" : path
    query = mark.map { Self.encoded(rest[($0 + 1)...]) }
  }

  /// Reads a host name or an address, the address of IPv6 in brackets, and the port that may follow it.
  private static func authority(_ bytes: ArraySlice<UInt8>) -> (host: String, port: UInt16?)? {
    let bytes = bytes.map(\.asciiLowercase)
    let isAddress = bytes.first == UInt8(ascii: "[")
    let end =
      isAddress ? bytes.firstIndex(of: UInt8(ascii: "]")).map { $0 + 1 } : bytes.firstIndex(of: UInt8(ascii: ":"))
    guard let end = end ?? (isAddress ? nil : bytes.endIndex) else { return nil }
    var host = bytes[..<end]
    // The dot of the root, which resolvers leave out.
    if !isAddress, host.count > 1, host.last == UInt8(ascii: ".") { host.removeLast() }
    let isPlain = (isAddress ? host.dropFirst().dropLast() : host).allSatisfy { byte in
      switch byte {
      case 0x30...0x39, UInt8(ascii: "."): true
      case UInt8(ascii: "a")...UInt8(ascii: "f"): true
      case UInt8(ascii: ":"): isAddress
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"): !isAddress
      default: false
      }
    }
    guard isPlain, host.count <= 253 else { return nil }
    if isAddress {
      guard host.count > 2 else { return nil }
    } else {
      // No label is empty.
      let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      guard labels.allSatisfy({ !$0.isEmpty }) else { return nil }
    }
    let name = String(decoding: host, as: UTF8.self)
    let rest = bytes[end...]
    guard let colon = rest.first else { return (name, nil) }
    let digits = rest.dropFirst()
    guard colon == UInt8(ascii: ":"), digits.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0
    else { return nil }
    return (name, port)
  }

  /// Encodes what no URL may hold: blanks, controls, and what is not ASCII.
  private static func encoded(_ bytes: ArraySlice<UInt8>) -> String {
    PercentEncoding.encode(bytes) { byte in
      (0x21..<0x7f).contains(byte) && ![UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">")].contains(byte)
    }
  }

  /// The path without percent-encoding, as S3 reads it once CloudFront has passed it on: a plus sign is a blank. Nil if it
  /// is wrong.
  package var decodedPath: ObjectKey? {
    PercentEncoding.decode(path.utf8).map { ObjectKey($0) }
  }

  /// Host and port, as the Host header has them.
  package var authority: String { host + (port.map { ":\($0)" } ?? "") }
}

extension ViewerURL: CustomStringConvertible {
  package var description: String {
    "\(scheme.rawValue)://\(authority)\(path)" + (query.map { "?" + $0 } ?? "")
  }
}
