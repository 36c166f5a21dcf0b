import FixACLKit
import AWSKit

extension FuzzTarget {
  /// Access logs: what anybody on the internet can have written into a file, compressed or not.
  static let logs = [
    FuzzTarget("access-log") { read($0, as: .s3) },
    FuzzTarget("cloudfront-log") { read($0, as: .cloudFront) },
    /// The first byte is the length of the pieces, and the rest is the file.
    FuzzTarget("gzip") { bytes in
      let file = Array(bytes.dropFirst())
      let whole = decompress(file, pieceLength: max(1, file.count))
      let inPieces = decompress(file, pieceLength: max(1, Int(bytes.first ?? 1)))
      let length = min(whole.output.count, inPieces.output.count)
      require(
        whole.output.prefix(length) == inPieces.output.prefix(length), "pieces make no difference to what comes out")
      require(whole.failure == inPieces.failure, "nor to what is wrong: \(whole.failure as Any)")
    },
  ]

  // MARK: Logs

  private static func read(_ bytes: [UInt8], as kind: LogKind) {
    let once = report(of: bytes, as: kind)
    // Lines stand for themselves, so that a file twice is everything twice.
    guard once.problemCount == 0, bytes.last == UInt8(ascii: "\n"), !bytes.starts(with: GzipDecoder.magic) else {
      return
    }
    if kind == .cloudFront {
      // But a line that names the fields says how those behind it are read.
      let isComment = { (line: ArraySlice<UInt8>) in line.first == UInt8(ascii: "#") }
      guard !bytes.split(separator: UInt8(ascii: "\n")).drop(while: isComment).contains(where: isComment) else {
        return
      }
    }
    let twice = report(of: bytes + bytes, as: kind)
    require(twice.s3?.refused == once.s3.map { 2 * $0.refused }, "refused reads are counted")
    require(twice.s3?.neededACL == once.s3.map { 2 * $0.neededACL }, "requests that need an ACL are counted")
    require(twice.cloudFront?.failed == once.cloudFront.map { 2 * $0.failed }, "failures are counted")
    require(twice.keyCount == once.keyCount, "each key is kept once")
  }

  private static func report(of bytes: [UInt8], as kind: LogKind) -> AccessLogReport {
    FuzzFolder.shared.write(bytes, to: "log")
    var request = AccessLogRequest()
    let place = LogPlace.path(FuzzFolder.shared.path("log"))
    switch kind {
    case .s3: request.accessLogs = [place]
    case .cloudFront:
      request.cloudFrontLogs = [place]
      request.keyOfPath = { $0 }
    }
    do {
      let reader = try AccessLogReader(
        request, client: nil, folder: FuzzFolder.shared.path, stop: StopSignal())
      let report = try InlineExecutor.run { await outcome { try await reader.read() } }.get()
      check(report)
      let path = FuzzFolder.shared.path("keys")
      let written = try reader.writeRefusedKeys(to: .file(path), isNullSeparated: true)
      require(written.count + written.omitted == report.keyCount, "every refused key is written")
      let list = try KeyList(
        reading: try OpenFile(path, .reading), separator: 0, folder: FuzzFolder.shared.path, stop: StopSignal())
      require(list.digest.count == written.count && list.unusableCount == 0, "--keys-from reads the refused keys")
      return report
    } catch {
      fatalError("property: whatever a log holds, it is read: \(error)")
    }
  }

  private static func outcome<Output: Sendable>(
    _ body: () async throws -> Output
  ) async -> Result<Output, any Error> {
    do {
      return .success(try await body())
    } catch {
      return .failure(error)
    }
  }

  private static func check(_ report: AccessLogReport) {
    if let s3 = report.s3 {
      require(s3.refused + s3.succeeded <= s3.extent.lines, "a line is one read at most")
      require(s3.requesters.reduce(0) { $0 + $1.refused } <= s3.refused, "a refused read has one requester")
    }
    if let cloudFront = report.cloudFront {
      require(cloudFront.failed + cloudFront.succeeded <= cloudFront.extent.lines, "a line is one request at most")
    }
    for key in report.keys {
      require(key.key.isValidUTF8 && (1...ObjectKey.maximumLength).contains(key.key.bytes.count), "keys can be keys")
      if let first = key.first, let last = key.last { require(first <= last, "the first comes first") }
    }
    var json = JSONWriter()
    report.write(to: &json)
    var reader = JSONLineReader(json.bytes[...])
    require((try? reader.skip()) != nil && reader.isAtEnd(), "the report is JSON")
  }

  // MARK: gzip

  /// More of an output than this is not looked at: it may have no end.
  private static let enough = 1 << 20

  private struct Enough: Error {}

  private static func decompress(
    _ file: [UInt8], pieceLength: Int
  ) -> (output: [UInt8], failure: GzipDecoder.Failure?) {
    let decoder = GzipDecoder()
    var output: [UInt8] = []
    do {
      for start in stride(from: 0, to: file.count, by: pieceLength) {
        let piece = Array(file[start..<min(file.count, start + pieceLength)])
        try decoder.decode(piece.span) { piece in
          piece.withUnsafeBufferPointer { output += $0 }
          if output.count > enough { throw Enough() }
        }
      }
      try decoder.finish()
      return (output, nil)
    } catch let failure as GzipDecoder.Failure {
      return (output, failure)
    } catch { return (Array(output.prefix(enough)), nil) }
  }
}
