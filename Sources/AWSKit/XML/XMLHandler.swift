/// What the parser tells of a document, element by element. Called on the thread that called `parse`.
package protocol XMLHandler {
  /// Elements whose text does not matter, so that it may hold characters that XML cannot.
  static var ignoredElements: [StaticString] { get }
  /// Why the rest of the document need not be read; asked after each child of the root.
  var rejection: XMLError? { get }
  /// An element begins; the root has depth 0.
  mutating func begin(_ name: XMLName, depth: Int)
  /// An element ends. `text` is its character data since its last child, valid during the call only.
  mutating func end(_ name: XMLName, depth: Int, text: UnsafeBufferPointer<UInt8>)
}

extension XMLHandler {
  package static var ignoredElements: [StaticString] { [] }
  package var rejection: XMLError? { nil }
}
