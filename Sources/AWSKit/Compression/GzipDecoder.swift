internal import CZlib

/// Decompresses gzip piece by piece, in constant memory. Members that follow each other are one content (RFC 1952).
package final class GzipDecoder {
  /// Why the content, or the rest of it, cannot be had.
  package enum Failure: Error, Sendable, Equatable {
    /// zlib's word for what is wrong.
    case damaged(String)
    /// The last member has no end.
    case truncated
  }

  /// The first bytes of every member.
  package static let magic: [UInt8] = [0x1f, 0x8b]

  /// How much is passed on at a time, at most.
  private static let outputLength = 128 << 10

  /// zlib keeps the address, so it stays where it is.
  private let stream: UnsafeMutablePointer<z_stream>
  private let output: UnsafeMutableBufferPointer<UInt8>
  /// Whether the last member has ended, and no other one has begun.
  private var isBetweenMembers = false
  private var failure: Failure?

  package init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    output = .allocate(capacity: Self.outputLength)
    output.initialize(repeating: 0)
    if fixacl_zlib_begin_gzip(stream) != Z_OK { failure = .damaged("zlib cannot begin") }
  }

  deinit {
    _ = inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
    output.deallocate()
  }

  /// Passes on what the next bytes of the file hold, in pieces.
  ///
  /// - Throws: `Failure`, and what `body` throws. What came before it has been passed on.
  package func decode(_ input: Span<UInt8>, _ body: (Span<UInt8>) throws -> Void) throws {
    if let failure { throw failure }
    // zlib only reads the input, but its field is not const.
    try input.withUnsafeBufferPointer { input in
      guard let start = input.baseAddress else { return }
      stream.pointee.next_in = UnsafeMutablePointer(mutating: start)
      stream.pointee.avail_in = UInt32(input.count)
      defer {
        stream.pointee.next_in = nil
        stream.pointee.avail_in = 0
      }
      try decodeInput(body)
    }
  }

  private func decodeInput(_ body: (Span<UInt8>) throws -> Void) throws {
    while true {
      if isBetweenMembers, !beginsMember() { return }
      stream.pointee.next_out = output.baseAddress
      stream.pointee.avail_out = UInt32(output.count)
      let code = inflate(stream, Z_NO_FLUSH)
      let count = output.count - Int(stream.pointee.avail_out)
      if count > 0 {
        let piece = UnsafeBufferPointer(rebasing: output[..<count])
        try body(piece.span)
      }
      switch code {
      case Z_STREAM_END: isBetweenMembers = true
      case Z_OK, Z_BUF_ERROR:
        // A full output may not be all that there is.
        if stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 { return }
        guard code == Z_OK || count > 0 else { throw fail(.damaged("it makes no progress")) }
      default:
        let message = stream.pointee.msg.map { String(cString: $0) } ?? "zlib's error \(code)"
        throw fail(.damaged(message))
      }
    }
  }

  /// Passes over the zeros with which some programs fill a block, and prepares for the next member.
  ///
  /// - Returns: false if there is no more input.
  private func beginsMember() -> Bool {
    while stream.pointee.avail_in > 0, let next = stream.pointee.next_in, next.pointee == 0 {
      stream.pointee.next_in = next + 1
      stream.pointee.avail_in -= 1
    }
    guard stream.pointee.avail_in > 0 else { return false }
    _ = inflateReset(stream)
    isBetweenMembers = false
    return true
  }

  private func fail(_ failure: Failure) -> Failure {
    self.failure = failure
    return failure
  }

  /// Sees that the file has not ended too early.
  package func finish() throws(Failure) {
    if let failure { throw failure }
    guard isBetweenMembers else { throw .truncated }
  }
}
