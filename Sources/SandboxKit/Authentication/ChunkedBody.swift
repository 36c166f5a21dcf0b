internal import Crypto
internal import NIOHTTP1
internal import AWSKit

/// A body in `aws-chunked` framing, taken apart, and the signature of each chunk verified (API Reference: "Signature
/// Calculations for the Authorization Header: Transferring Payload in Multiple Chunks", "… Including Trailing Headers").
struct ChunkedBody {
  /// What the signature of the first chunk is made with: that of the headers.
  struct Seed {
    let key: SymmetricKey
    let date: String
    let scope: String
    let signature: String
  }

  let content: [UInt8]
  /// Their names in lower case.
  let trailers: [(name: String, value: String)]

  /// - Parameter kind: the value of `x-amz-content-sha256`.
  init(_ request: SandboxRequest, kind: String, seed: Seed) throws(ServiceError) {
    let isSigned: Bool
    let hasTrailer: Bool
    switch kind {
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": (isSigned, hasTrailer) = (true, false)
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": (isSigned, hasTrailer) = (true, true)
    case "STREAMING-UNSIGNED-PAYLOAD-TRAILER": (isSigned, hasTrailer) = (false, true)
    default: throw .notImplemented("bodies of the kind \(kind)")
    }
    guard let length = request[header: "x-amz-decoded-content-length"].flatMap({ Int($0) }) else {
      throw ServiceError(
        411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
    }
    var reader = Reader(request.body)
    var previous = seed.signature
    var content: [UInt8] = []
    content.reserveCapacity(max(0, min(length, request.body.count)))
    var isLast = false
    var lastSize = Int.max
    while !isLast {
      let (size, signature) = try reader.chunkHead()
      // Between the first and the last, which is empty, there are none so small.
      guard lastSize >= Self.minimumSize || size == 0 else {
        throw ServiceError(
          403, "InvalidChunkSizeError", "Only the last chunk is allowed to have a size less than 8192 bytes",
          details: [("Chunk", "\(content.count)"), ("BadChunkSize", "\(lastSize)")])
      }
      lastSize = size
      let data = try reader.take(size)
      if isSigned {
        previous = try Self.verify(
          signature, seed: seed,
          """
          AWS4-HMAC-SHA256-PAYLOAD
          \(seed.date)
          \(seed.scope)
          \(previous)
          \(SignatureVerifier.emptyHash)
          \(SignatureVerifier.hash(Array(data)))
          """)
      }
      content += data
      isLast = size == 0
      if !isLast { try reader.lineEnd() }
    }
    guard content.count == length else { throw Self.incomplete }
    self.content = content
    trailers = hasTrailer ? try Self.trailers(&reader, request, isSigned: isSigned, seed: seed, previous: previous) : []
  }

  private static let minimumSize = 8192

  private static let incomplete = ServiceError(
    400, "IncompleteBody", "The request body terminated unexpectedly")

  private static let malformedTrailer = ServiceError(
    400, "MalformedTrailerError",
    "The request contained trailing data that was not well-formed or did not conform to our published schema.")

  /// - Returns: the signature.
  private static func verify(_ signature: String?, seed: Seed, _ toSign: String) throws(ServiceError) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: Array(toSign.utf8), using: seed.key)
    let expected = code.withUnsafeBytes { Hexadecimal.encode($0) }
    guard let signature, signature == expected else {
      throw .signatureDoesNotMatch([("StringToSign", toSign), ("SignatureProvided", signature ?? "")])
    }
    return expected
  }

  /// Those that `x-amz-trailer` announces, and no others.
  private static func trailers(
    _ reader: inout Reader, _ request: SandboxRequest, isSigned: Bool, seed: Seed, previous: String
  ) throws(ServiceError) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    // A body may end without the empty line.
    while let line = reader.line(), !line.isEmpty {
      guard let colon = line.firstIndex(of: ":") else { throw malformedTrailer }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      fields.append((line[..<colon].lowercased(), String(value)))
    }
    let signatures = fields.filter { $0.name == "x-amz-trailer-signature" }
    fields.removeAll { $0.name == "x-amz-trailer-signature" }
    if isSigned {
      let text = fields.map { "\($0.name):\($0.value)\n" }.joined()
      _ = try verify(
        signatures.first?.value, seed: seed,
        """
        AWS4-HMAC-SHA256-TRAILER
        \(seed.date)
        \(seed.scope)
        \(previous)
        \(SignatureVerifier.hash(Array(text.utf8)))
        """)
    }
    let announced = (request[header: "x-amz-trailer"] ?? "").lowercased().split(separator: ",").map {
      String($0.filter { $0 != " " })
    }
    guard announced.sorted() == fields.map(\.name).sorted() else { throw malformedTrailer }
    return fields
  }

  /// Goes through the bytes of a body.
  private struct Reader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
    }

    /// Up to the next end of line, which is `\r\n`, or to the end; nil at the end.
    mutating func line() -> String? {
      guard position < bytes.count else { return nil }
      let end = bytes[position...].firstIndex(of: 0x0a) ?? bytes.count
      var text = bytes[position..<end]
      if text.last == 0x0d { text.removeLast() }
      position = min(end + 1, bytes.count)
      return String(decoding: text, as: UTF8.self)
    }

    /// Reads `10000;chunk-signature=…`.
    mutating func chunkHead() throws(ServiceError) -> (size: Int, signature: String?) {
      guard let line = line() else { throw incomplete }
      let parts = line.split(separator: ";", maxSplits: 1)
      guard let digits = parts.first, let size = Int(digits, radix: 16), size >= 0 else { throw incomplete }
      let name = "chunk-signature="
      let signature = parts.dropFirst().first.flatMap { $0.hasPrefix(name) ? String($0.dropFirst(name.count)) : nil }
      return (size, signature)
    }

    mutating func take(_ count: Int) throws(ServiceError) -> ArraySlice<UInt8> {
      guard bytes.count - position >= count else { throw incomplete }
      defer { position += count }
      return bytes[position..<(position + count)]
    }

    mutating func lineEnd() throws(ServiceError) {
      guard let line = line(), line.isEmpty else { throw incomplete }
    }
  }
}
