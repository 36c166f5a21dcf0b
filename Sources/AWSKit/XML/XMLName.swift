internal import Glibc

/// An element's local name, valid only during the parser's callback; compared as bytes.
package struct XMLName {
  let bytes: UnsafePointer<UInt8>

  package static func == (left: XMLName, right: StaticString) -> Bool {
    // The first byte distinguishes most names, and a listing has ten million of them.
    left.bytes.pointee == right.utf8Start.pointee
      && strcmp(
        UnsafeRawPointer(left.bytes).assumingMemoryBound(to: CChar.self),
        UnsafeRawPointer(right.utf8Start).assumingMemoryBound(to: CChar.self)) == 0
  }

  package static func ~= (pattern: StaticString, name: XMLName) -> Bool {
    name == pattern
  }

  package var text: String { String(cString: bytes) }
}
