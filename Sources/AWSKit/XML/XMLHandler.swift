/// Receives a document's elements from the parser. Called on the thread that called `parse`.
///
/// A value that is cheap to copy before the document begins: if one parser gives up, another begins again with the copy.
package protocol XMLHandler {
  /// Elements whose text is ignored, so that it may contain characters that XML cannot represent.
  static var ignoredElements: [StaticString] { get }
  /// Why parsing can stop; checked after each child of the root.
  var rejection: XMLError? { get }
  /// An element begins; the root has depth 0.
  mutating func begin(_ name: XMLName, depth: Int)
  /// An element ends. `text` is its character data since its last child, valid only during the call.
  mutating func end(_ name: XMLName, depth: Int, text: UnsafeBufferPointer<UInt8>)
}

extension XMLHandler {
  package static var ignoredElements: [StaticString] { [] }
  package var rejection: XMLError? { nil }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether a text is that one.
  func isEqual(_ text: StaticString) -> Bool {
    elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
