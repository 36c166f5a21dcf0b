internal import CLibXML2

/// libxml2's SAX2 push parser, told to fetch nothing and to refuse document types, and with them entities.
package enum SAXParser {
  /// Reads the whole document into `handler`.
  ///
  /// - Parameter root: the name that the root element must have.
  package static func parse<Handler: XMLHandler>(
    _ bytes: [UInt8], root: StaticString, into handler: inout Handler
  ) throws(XMLError) {
    let session = Session(handler: handler, root: root, ignoredElements: Handler.ignoredElements)
    let context = Unmanaged.passUnretained(session).toOpaque()
    var callbacks = Self.callbacks
    guard let parser = xmlCreatePushParserCtxt(&callbacks, context, nil, 0, nil) else {
      fatalError("libxml2 is out of memory")
    }
    defer { xmlFreeParserCtxt(parser) }
    session.parser = parser
    // "Recover" only to be told of each error by `serror`, which forgives one kind and stops at all others.
    _ = xmlCtxtUseOptions(parser, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_RECOVER.rawValue))
    withExtendedLifetime(session) {
      bytes.withUnsafeBytes { buffer in
        _ = xmlParseChunk(
          parser, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count), 1)
      }
    }
    if let failure = session.failure { throw failure }
    guard session.hasEnded else { throw .malformed("it ends too early") }
    guard let result = session.handler as? Handler else { return }
    handler = result
  }

  /// Elements within elements that a document may have; S3's have at most six. libxml2's own limit does not hold
  /// for a push parser, and a tree that is too deep overflows the stack when it is freed.
  private static let maximumDepth = 256

  private static func message(of error: xmlError) -> String {
    let text = error.message.map { String(cString: $0) } ?? "error \(error.code)"
    return "\(text.trimmingSuffix(while: \.isWhitespace).escapedForTerminal), line \(error.line)"
  }

  /// The state of one parse, reached from the C callbacks by its address.
  private final class Session {
    var handler: any XMLHandler
    let root: StaticString
    var parser: xmlParserCtxtPtr?
    var depth = 0
    var text: [UInt8] = []
    /// Whether `text` lacks characters that XML cannot hold.
    var isTextDamaged = false
    var hasEnded = false
    var failure: XMLError?
    let ignoredElements: [StaticString]

    init(handler: any XMLHandler, root: StaticString, ignoredElements: [StaticString]) {
      self.handler = handler
      self.root = root
      self.ignoredElements = ignoredElements
      text.reserveCapacity(256)
    }

    func fail(_ error: XMLError) {
      if failure == nil { failure = error }
      xmlStopParser(parser)
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> Session {
      Unmanaged<Session>.fromOpaque(context!).takeUnretainedValue()
    }
  }

  /// All callbacks come on the thread that called `parse`, from within `xmlParseChunk`.
  private static var callbacks: xmlSAXHandler {
    var sax = xmlSAXHandler()
    sax.initialized = UInt32(XML_SAX2_MAGIC)
    sax.startElementNs = { context, name, _, _, _, _, _, _, _ in
      let session = Session.from(context)
      guard let name else { return }
      guard session.failure == nil else { return }
      let elementName = XMLName(bytes: name)
      if session.depth == 0, !(elementName == session.root) {
        session.fail(.unexpectedRoot(elementName.text))
        return
      }
      guard session.depth < SAXParser.maximumDepth else {
        session.fail(.malformed("its elements are nested too deeply"))
        return
      }
      session.text.removeAll(keepingCapacity: true)
      session.handler.begin(elementName, depth: session.depth)
      session.depth += 1
    }
    sax.endElementNs = { context, name, _, _ in
      let session = Session.from(context)
      guard let name, session.failure == nil else { return }
      let elementName = XMLName(bytes: name)
      session.depth -= 1
      if session.isTextDamaged, !session.ignoredElements.contains(where: { elementName == $0 }) {
        session.fail(.malformed("<\(elementName.text)> holds a character that XML cannot"))
        return
      }
      session.isTextDamaged = false
      session.text.withUnsafeBufferPointer {
        session.handler.end(elementName, depth: session.depth, text: $0)
      }
      session.text.removeAll(keepingCapacity: true)
      session.hasEnded = session.depth == 0
    }
    // Text may come in pieces.
    sax.characters = { context, bytes, count in
      let session = Session.from(context)
      session.text.append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
    }
    sax.cdataBlock = sax.characters
    sax.internalSubset = { context, _, _, _ in
      Session.from(context).fail(.malformed("it has a document type declaration, which S3 never sends"))
    }
    // Without this, libxml2 would print errors to stderr.
    sax.serror = { context, error in
      guard let error = error?.pointee, error.level != XML_ERR_WARNING else { return }
      let session = Session.from(context)
      if error.code == Int32(XML_ERR_INVALID_CHAR.rawValue) {
        session.isTextDamaged = true
      } else {
        session.fail(.malformed(SAXParser.message(of: error)))
      }
    }
    return sax
  }
}

extension String {
  fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
    var result = self[...]
    while let last = result.last, predicate(last) { result.removeLast() }
    return String(result)
  }
}
