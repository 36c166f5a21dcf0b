internal import Glibc

/// An element's local name, valid only during the parser's callback; compared as bytes.
package struct XMLName {
  let bytes: UnsafePointer<UInt8>
  let count: Int

  // Inlined, so that the compiler makes a comparison of one or two words of it: a listing has ten million names.
  @inline(__always)
  package static func == (left: XMLName, right: StaticString) -> Bool {
    left.count == right.utf8CodeUnitCount && memcmp(left.bytes, right.utf8Start, right.utf8CodeUnitCount) == 0
  }

  @inline(__always)
  package static func ~= (pattern: StaticString, name: XMLName) -> Bool {
    name == pattern
  }

  package var text: String { String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self) }
}
