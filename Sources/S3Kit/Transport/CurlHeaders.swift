internal import CCurl

/// The header lines of a request as libcurl takes them: a linked list, made in two pieces of memory instead of two for
/// each line. Must outlive the transfer.
final class CurlHeaders {
  private let nodes: UnsafeMutableBufferPointer<curl_slist>
  private let text: UnsafeMutableBufferPointer<CChar>

  /// What keeps libcurl from adding lines: no "Expect: 100-continue", since a server that refuses before the body
  /// arrives would leave the next request on this connection hanging, and no content type of libcurl's own invention.
  private static let suppressed = ["Expect:", "Content-Type:", "Accept:"]

  init(_ headers: [(name: String, value: String)]) {
    let size = headers.reduce(64) { $0 + $1.name.utf8.count + $1.value.utf8.count + 3 }
    nodes = .allocate(capacity: headers.count + Self.suppressed.count)
    text = .allocate(capacity: size)
    var used = 0
    var count = 0
    func append(_ part: String) {
      for byte in part.utf8 {
        text[used] = CChar(bitPattern: byte)
        used += 1
      }
    }
    func addLine(_ parts: String...) {
      nodes[count] = curl_slist(data: text.baseAddress! + used, next: nil)
      if count > 0 { nodes[count - 1].next = nodes.baseAddress! + count }
      count += 1
      for part in parts { append(part) }
      text[used] = 0
      used += 1
    }
    for line in Self.suppressed { addLine(line) }
    // An empty value is written with a semicolon, or libcurl takes it for a header to leave out.
    for (name, value) in headers {
      if value.isEmpty { addLine(name, ";") } else { addLine(name, ": ", value) }
    }
  }

  deinit {
    nodes.deallocate()
    text.deallocate()
  }

  var list: UnsafeMutablePointer<curl_slist>? { nodes.baseAddress }
}
