internal import CLibXML2
internal import Glibc

/// libxml2's SAX2 parser, configured to fetch nothing and to reject document types, and with them entities. Documents of
/// nothing but elements and text, which are nearly all, it leaves to `PlainXMLParser`.
package enum SAXParser {
  /// Parses the whole document into `handler`.
  ///
  /// - Parameters:
  ///   - root: the required name of the root element.
  ///   - handler: as it is before any document.
  package static func parse<Handler: XMLHandler>(
    _ bytes: [UInt8], root: StaticString, into handler: inout Handler
  ) throws(XMLError) {
    let fresh = handler
    let isParsed = bytes.withUnsafeBytes { PlainXMLParser.parse(document(in: $0), root: root, into: &handler) }
    guard !isParsed else { return }
    handler = fresh
    try parseWithLibXML2(bytes, root: root, into: &handler)
  }

  /// The same for documents of any form.
  package static func parseWithLibXML2<Handler: XMLHandler>(
    _ bytes: [UInt8], root: StaticString, into handler: inout Handler
  ) throws(XMLError) {
    let session = UnsafeMutablePointer<Session>.allocate(capacity: 1)
    defer {
      session.deinitialize(count: 1)
      session.deallocate()
    }
    withUnsafeMutablePointer(to: &handler) { handler in
      session.initialize(
        to: Session(
          handler: UnsafeMutableRawPointer(handler),
          begin: { $0.assumingMemoryBound(to: Handler.self).pointee.begin($1, depth: $2) },
          end: { handler, name, depth, text in
            let handler = handler.assumingMemoryBound(to: Handler.self)
            handler.pointee.end(name, depth: depth, text: text)
            return depth == 1 ? handler.pointee.rejection : nil
          },
          root: root, ignoredElements: Handler.ignoredElements))
      parse(bytes, in: session)
    }
    if let failure = session.pointee.failure { throw failure }
    guard session.pointee.hasEnded else { throw .malformed("it ends too early") }
  }

  private static func parse(_ bytes: [UInt8], in session: UnsafeMutablePointer<Session>) {
    bytes.withUnsafeBytes { answer in
      let buffer = document(in: answer)
      guard !buffer.isEmpty else { return }
      guard !MarkupScan.hasTooManyAttributes(buffer) else {
        session.pointee.failure = .malformed("it has an element with more attributes than S3 ever sends")
        return
      }
      guard let count = Int32(exactly: buffer.count),
        let parser = xmlCreateMemoryParserCtxt(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), count)
      else {
        session.pointee.failure = .malformed("it is too long to be read")
        return
      }
      defer { xmlFreeParserCtxt(parser) }
      parser.pointee.sax.pointee = callbacks
      parser.pointee.userData = UnsafeMutableRawPointer(session)
      session.pointee.parser = parser
      // Recovery makes libxml2 report each error to `serror`, which forgives one kind and stops at all others.
      _ = xmlCtxtUseOptions(parser, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_RECOVER.rawValue))
      _ = xmlParseDocument(parser)
    }
  }

  /// S3 sends blanks while it works, and the document at the end.
  private static func document(in answer: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: answer[(answer.firstIndex { !isBlank($0) } ?? answer.endIndex)...])
  }

  /// The deepest nesting accepted; S3's documents have at most six levels. libxml2's own limit does not apply to push
  /// parsers, and freeing a tree that is too deep overflows the stack.
  private static let maximumDepth = 256

  /// The most elements accepted; the longest page of a listing has some 13,000.
  private static let maximumElements = 200_000

  private static func isBlank(_ byte: UInt8) -> Bool { (0x09...0x0d).contains(byte) || byte == 0x20 }

  private static func length(of name: UnsafePointer<UInt8>) -> Int {
    strlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
  }

  private static func message(of error: xmlError) -> String {
    let text = error.message.map { String(cString: $0) } ?? "error \(error.code)"
    return "\(text.trimmingSuffix(while: \.isWhitespace).escapedForTerminal), line \(error.line)"
  }

  /// The state of one parse, which C callbacks reach by its address. A struct in allocated memory, not a class: a
  /// listing makes a dozen callbacks for each key, and every access to a class's property is checked and
  /// reference-counted.
  private struct Session: ~Copyable {
    let handler: UnsafeMutableRawPointer
    let begin: (UnsafeMutableRawPointer, XMLName, Int) -> Void
    let end: (UnsafeMutableRawPointer, XMLName, Int, UnsafeBufferPointer<UInt8>) -> XMLError?
    let root: StaticString
    let ignoredElements: [StaticString]
    var parser: xmlParserCtxtPtr?
    var depth = 0
    var elements = 0
    var text = TextBuffer()
    /// Whether characters that XML cannot represent are missing in `text`.
    var isTextDamaged = false
    var hasEnded = false
    var failure: XMLError?

    mutating func fail(_ error: XMLError) {
      if failure == nil { failure = error }
      xmlStopParser(parser)
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<Session> {
      context!.assumingMemoryBound(to: Session.self)
    }
  }

  /// The character data of the open element.
  private struct TextBuffer: ~Copyable {
    private var storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1024)
    private var count = 0

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: storage[..<count]) }

    mutating func append(_ bytes: UnsafePointer<UInt8>, count added: Int) {
      if count + added > storage.count {
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2 * (count + added))
        memcpy(larger.baseAddress!, storage.baseAddress!, count)
        storage.deallocate()
        storage = larger
      }
      memcpy(storage.baseAddress! + count, bytes, added)
      count += added
    }

    mutating func removeAll() { count = 0 }

    deinit { storage.deallocate() }
  }

  /// All callbacks happen on the thread that called `parse`, within `xmlParseDocument`.
  private static var callbacks: xmlSAXHandler {
    var sax = xmlSAXHandler()
    sax.initialized = UInt32(XML_SAX2_MAGIC)
    sax.startElementNs = { context, name, _, _, _, _, _, _, _ in
      let session = Session.from(context)
      guard let name, session.pointee.failure == nil else { return }
      let elementName = XMLName(bytes: name, count: SAXParser.length(of: name))
      let depth = session.pointee.depth
      if depth == 0, !(elementName == session.pointee.root) {
        session.pointee.fail(.unexpectedRoot(elementName.text))
        return
      }
      guard depth < SAXParser.maximumDepth else {
        session.pointee.fail(.malformed("its elements are nested too deeply"))
        return
      }
      session.pointee.elements += 1
      guard session.pointee.elements <= SAXParser.maximumElements else {
        session.pointee.fail(.malformed("it has more elements than S3 ever sends"))
        return
      }
      session.pointee.text.removeAll()
      session.pointee.begin(session.pointee.handler, elementName, depth)
      session.pointee.depth = depth + 1
    }
    sax.endElementNs = { context, name, _, _ in
      let session = Session.from(context)
      guard let name, session.pointee.failure == nil else { return }
      let elementName = XMLName(bytes: name, count: SAXParser.length(of: name))
      let depth = session.pointee.depth - 1
      session.pointee.depth = depth
      if session.pointee.isTextDamaged,
        !session.pointee.ignoredElements.contains(where: { elementName == $0 })
      {
        session.pointee.fail(.malformed("<\(elementName.text)> holds a character that XML cannot"))
        return
      }
      session.pointee.isTextDamaged = false
      if let rejection = session.pointee.end(
        session.pointee.handler, elementName, depth, session.pointee.text.bytes)
      {
        session.pointee.fail(rejection)
        return
      }
      session.pointee.text.removeAll()
      session.pointee.hasEnded = depth == 0
    }
    // Text may arrive in pieces.
    sax.characters = { context, bytes, count in
      guard let bytes else { return }
      Session.from(context).pointee.text.append(bytes, count: Int(count))
    }
    sax.cdataBlock = sax.characters
    sax.internalSubset = { context, _, _, _ in
      Session.from(context).pointee.fail(.malformed("it has a document type declaration, which S3 never sends"))
    }
    // Otherwise libxml2 would print errors to stderr.
    sax.serror = { context, error in
      guard let error = error?.pointee, error.level != XML_ERR_WARNING else { return }
      let session = Session.from(context)
      if error.code == Int32(XML_ERR_INVALID_CHAR.rawValue) {
        session.pointee.isTextDamaged = true
      } else {
        session.pointee.fail(.malformed(SAXParser.message(of: error)))
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
