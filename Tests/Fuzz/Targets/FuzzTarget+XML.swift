import AWSKit

extension FuzzTarget {
  /// An XML document: what the parser of plain documents takes, libxml2 takes too, with the same elements and texts.
  static let xml = FuzzTarget("xml") { bytes in
    let roots: [StaticString] = ["ListBucketResult", "ListVersionsResult", "AccessControlPolicy", "Error", "R"]
    for root in roots {
      var plain = RecordingHandler()
      guard bytes.withUnsafeBytes({ PlainXMLParser.parse($0, root: root, into: &plain) }) else { continue }
      var full = RecordingHandler()
      do throws(XMLError) {
        try SAXParser.parseWithLibXML2(bytes, root: root, into: &full)
      } catch {
        fatalError("property: what is plain is well-formed: \(error)")
      }
      require(plain.events == full.events, "both parsers see the same document")
    }
  }
}

/// Keeps everything that a parser tells.
private struct RecordingHandler: XMLHandler {
  enum Event: Equatable {
    case begin([UInt8], depth: Int)
    case end([UInt8], depth: Int, text: [UInt8])
  }

  var events: [Event] = []

  mutating func begin(_ name: XMLName, depth: Int) { events.append(.begin(Array(name.text.utf8), depth: depth)) }

  mutating func end(_ name: XMLName, depth: Int, text: UnsafeBufferPointer<UInt8>) {
    events.append(.end(Array(name.text.utf8), depth: depth, text: Array(text)))
  }
}
