internal import CCurl

/// The header lines of a request as libcurl's linked list, allocated in two blocks instead of two for each line. Must
/// outlive the transfer.
final class CurlHeaders {
  private let nodes: UnsafeMutableBufferPointer<curl_slist>
  private let text: UnsafeMutableBufferPointer<CChar>
  /// The approximate size of all lines.
  let byteCount: Int

  /// Keeps libcurl from adding lines of its own: no "Expect: 100-continue", since a server that refuses before the body
  /// arrives would leave the connection's next request hanging, and no default content type.
  private static let suppressed = ["Expect:", "Content-Type:", "Accept:"]

  /// - Throws: if a name or value contains a line end. They come from servers and files, and libcurl would send a line
  ///   break as one.
  init(_ headers: [(name: String, value: String)]) throws(TransportError) {
    let size = headers.reduce(64) { $0 + $1.name.utf8.count + $1.value.utf8.count + 3 }
    nodes = .allocate(capacity: headers.count + Self.suppressed.count)
    text = .allocate(capacity: size)
    var used = 0
    var count = 0
    func append(_ part: String) {
      var part = part
      part.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { _ = text[used...].update(fromContentsOf: $0) }
        used += bytes.count
      }
    }
    func addLine(_ name: String, _ separator: String, _ value: String) {
      nodes[count] = curl_slist(data: text.baseAddress! + used, next: nil)
      if count > 0 { nodes[count - 1].next = nodes.baseAddress! + count }
      count += 1
      append(name)
      append(separator)
      append(value)
      text[used] = 0
      used += 1
    }
    byteCount = size
    for line in Self.suppressed { addLine(line, "", "") }
    // An empty value needs a semicolon; otherwise libcurl removes the header.
    for (name, value) in headers {
      if value.isEmpty { addLine(name, ";", "") } else { addLine(name, ": ", value) }
    }
    // Each line has exactly one end.
    guard Self.lineEnds(in: UnsafeBufferPointer(rebasing: text[..<used])) == count else {
      let name = headers.first { $0.name.endsHeaderLine || $0.value.endsHeaderLine }?.name ?? ""
      throw TransportError(.other, "the header \(name.escapedForTerminal) holds a line break or a zero byte")
    }
  }

  private static func lineEnds(in text: UnsafeBufferPointer<CChar>) -> UInt32 {
    var count: UInt32 = 0
    for byte in text { count &+= UInt8(bitPattern: byte).endsHeaderLine ? 1 : 0 }
    return count
  }

  deinit {
    nodes.deallocate()
    text.deallocate()
  }

  var list: UnsafeMutablePointer<curl_slist>? { nodes.baseAddress }
}

extension UInt8 {
  fileprivate var endsHeaderLine: Bool { self == 0x0a || self == 0x0d || self == 0x00 }
}

extension String {
  fileprivate var endsHeaderLine: Bool { utf8.contains { $0.endsHeaderLine } }
}
