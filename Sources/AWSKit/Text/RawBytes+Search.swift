internal import Glibc

extension UnsafeRawBufferPointer {
  /// The first place of a byte, from `start` on; nil if there is none.
  package func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    guard start < count, let base = baseAddress, let found = memchr(base + start, Int32(byte), count - start) else {
      return nil
    }
    return UnsafeRawPointer(found) - base
  }
}
