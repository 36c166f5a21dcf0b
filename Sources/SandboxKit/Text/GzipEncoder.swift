internal import CZlib

/// Compresses to gzip piece by piece, in constant memory: for files that are too large to store as they are.
final class GzipEncoder {
  /// zlib keeps the address, so it stays where it is.
  private let stream: UnsafeMutablePointer<z_stream>
  private var output = [UInt8](repeating: 0, count: 128 << 10)

  /// As fast as zlib can.
  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let code = fixacl_zlib_begin_deflate(stream, 1)
    precondition(code == Z_OK, "zlib has no memory")
  }

  deinit {
    _ = deflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// Passes on what the next bytes have become, in pieces; the last ones end the file.
  func encode<Failure: Error>(
    _ input: [UInt8], isLast: Bool, _ body: (ArraySlice<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    var position = 0
    repeat {
      let code = step(input, from: &position, isLast: isLast)
      let count = output.count - Int(stream.pointee.avail_out)
      if count > 0 { try body(output[..<count]) }
      guard code == Z_OK else { return }
    } while position < input.count || isLast || stream.pointee.avail_out == 0
  }

  private func step(_ input: [UInt8], from position: inout Int, isLast: Bool) -> Int32 {
    input.withUnsafeBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        // zlib only reads the input, but its field is not const.
        stream.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + position) }
        stream.pointee.avail_in = UInt32(input.count - position)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        let code = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
        position = input.count - Int(stream.pointee.avail_in)
        return code
      }
    }
  }

  /// A whole file.
  static func file(of content: [UInt8]) -> [UInt8] {
    var file: [UInt8] = []
    GzipEncoder().encode(content, isLast: true) { file += $0 }
    return file
  }
}
