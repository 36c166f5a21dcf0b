package import AWSKit

/// Finds the key in S3's access log, where it is URL-encoded, mostly twice, and nothing says how often.
///
/// The request line tells: its path, decoded once, ends with the key. A request to a website's folder has no such path; then
/// the key is decoded twice if that is possible.
package enum LoggedKey {
  /// The key of a line.
  ///
  /// - Parameters:
  ///   - logged: the field of the key.
  ///   - request: the request line, without quotation marks.
  /// - Returns: nil if there is none, or it is not a key that an object can have.
  package static func key(_ logged: [UInt8], request: [UInt8]) -> ObjectKey? {
    guard logged != [UInt8(ascii: "-")] || path(of: request)?.last == UInt8(ascii: "-") else { return nil }
    guard logged.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return usable(logged) }
    let once = PercentEncoding.decode(logged, plusIsBlank: false)
    // As forms encode blanks; twice, the plus sign that stands for one is encoded itself.
    let readings = [
      once.flatMap { PercentEncoding.decode($0, plusIsBlank: false) }, once,
      once.flatMap { PercentEncoding.decode($0, plusIsBlank: true) },
      PercentEncoding.decode(logged, plusIsBlank: true),
    ].compactMap { $0 }
    let path = path(of: request)
    let exact = path.flatMap { path in readings.first { Self.ends(path, with: $0) } }
    return usable(exact ?? readings.first ?? logged)
  }

  private static func usable(_ bytes: [UInt8]) -> ObjectKey? {
    let key = ObjectKey(bytes)
    return !bytes.isEmpty && bytes.count <= ObjectKey.maximumLength && key.isValidUTF8 ? key : nil
  }

  /// The decoded path of a request line, as S3 reads it: a plus sign is a blank.
  private static func path(of request: [UInt8]) -> [UInt8]? {
    let blank = UInt8(ascii: " ")
    guard let start = request.firstIndex(of: blank), let end = request.lastIndex(of: blank), start < end else {
      return nil
    }
    let target = request[(start + 1)..<end]
    return PercentEncoding.decode(target.prefix { $0 != UInt8(ascii: "?") })
  }

  /// Whether a path ends with a slash and the key.
  private static func ends(_ path: [UInt8], with key: [UInt8]) -> Bool {
    guard path.count > key.count else { return false }
    let slash = path.count - key.count - 1
    return path[slash] == UInt8(ascii: "/") && path[(slash + 1)...].elementsEqual(key)
  }
}
