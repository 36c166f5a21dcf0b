internal import Glibc

extension String {
  /// Whether both are the same bytes. Compared by `==`, texts that differ only in Unicode normalization would be equal.
  func hasSameBytes(as other: String) -> Bool {
    let (own, others) = (utf8, other.utf8)
    guard own.count == others.count else { return false }
    // As blocks of memory, which nearly all strings are.
    let isEqual = own.withContiguousStorageIfAvailable { own in
      others.withContiguousStorageIfAvailable { others in
        guard let start = own.baseAddress, let other = others.baseAddress, start != other else { return true }
        return memcmp(start, other, own.count) == 0
      }
    }
    if case .some(.some(let isEqual)) = isEqual { return isEqual }
    return own.elementsEqual(others)
  }
}
