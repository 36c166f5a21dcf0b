import AWSKit
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct AccessLogReaderTests {
  /// Reads logs that are files of a folder.
  private static func read(
    _ files: [String: [UInt8]], in folder: String, kind: LogKind = .s3, client: AWSClient? = nil,
    stop: StopSignal = StopSignal(), _ change: (inout AccessLogRequest) -> Void = { _ in }
  ) async throws -> (report: AccessLogReport, reader: AccessLogReader) {
    let logs = folder + "/logs"
    try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
    for (name, content) in files {
      if let slash = name.lastIndex(of: "/") {
        try FileManager.default.createDirectory(
          atPath: logs + "/" + name[..<slash], withIntermediateDirectories: true)
      }
      try writeBytes(content, to: logs + "/" + name)
    }
    var request = AccessLogRequest()
    let place = try #require(LogPlace(logs))
    if kind == .s3 { request.accessLogs = [place] } else { request.cloudFrontLogs = [place] }
    change(&request)
    let reader = try AccessLogReader(request, client: client, folder: folder, stop: stop)
    return (try await reader.read(), reader)
  }

  private static func text(_ lines: String...) -> [UInt8] { lines.flatMap { Array($0.utf8) + [0x0a] } }

  private static let oai = "0a1f00000000000000000000000000000000000000000000000000000000aaaa"
  private static let role = "arn:aws:sts::111122223333:assumed-role/deploy/session"

  @Test func whoWasRefusedWhat() async throws {
    try await withTemporaryFolder { folder in
      let (report, reader) = try await Self.read(
        [
          "2019-02-06-00-00-38-A": Self.text(
            LogText.s3(time: "06/Feb/2019:00:00:40 +0000", requester: Self.oai, key: "b%2520c"),
            LogText.s3(requester: Self.oai, operation: "REST.HEAD.OBJECT", key: "a"),
            LogText.s3(requester: Self.oai, key: "a", status: "404"),
            LogText.s3(requester: Self.role, status: "200", code: "-", neededACL: "Yes"),
            LogText.s3(requester: Self.role, operation: "REST.PUT.OBJECT", status: "403")),
          "2019-02-06-00-00-39-B.gz": try gzipped(
            Self.text(
              LogText.s3(time: "05/Feb/2019:00:00:38 +0000", key: "d", code: "-"),
              LogText.s3(requester: Self.oai, status: "200", code: "-"),
              LogText.s3(bucket: "other", key: "e"),
              LogText.s3(key: "archived", code: "InvalidObjectState"),
              LogText.s3(requester: "svc:cloudfront.amazonaws.com", operation: "REST.GET.ACL", key: "f"),
              LogText.s3(operation: "REST.GET.BUCKET", key: "-", request: "GET /assets HTTP/1.1"))),
        ], in: folder
      ) { $0.bucket = "assets" }
      let s3 = try #require(report.s3)
      #expect(report.cloudFront == nil && report.problems.isEmpty && !report.isInterrupted)
      #expect(s3.extent.files == 2 && s3.extent.lines == 11 && s3.extent.otherLines == 1)
      #expect(s3.extent.first?.extended == "2019-02-05T00:00:38Z" && s3.extent.last?.extended == "2019-02-06T00:00:40Z")
      #expect(s3.refused == 5 && s3.succeeded == 2 && s3.neededACL == 1)
      #expect(s3.codes.map { "\($0.code) \($0.count)" } == ["AccessDenied 3", "- 1", "InvalidObjectState 1"])
      #expect(s3.requesters.map(\.name.text) == [Self.oai, "-", Self.role])
      #expect(s3.requesters.map(\.name.kind) == [.canonicalID, .anonymous, .arn])
      #expect(s3.requesters.map(\.refused) == [3, 2, 0] && s3.requesters.map(\.succeeded) == [1, 0, 1])
      let first = s3.requesters[0]
      #expect(first.refusedKeys == [ObjectKey("b c"), ObjectKey("a")])
      #expect(first.firstRefused?.extended == "2019-02-06T00:00:38Z")
      #expect(first.lastRefused?.extended == "2019-02-06T00:00:40Z")
      #expect(first.isExact && !s3.hasMoreRequesters)
      #expect(s3.requesters[2].neededACL == 1 && s3.requesters[2].aclOperations == ["REST.GET.OBJECT"])
      #expect(report.keys.map(\.key.text) == ["a", "b c", "d"] && report.keys.map(\.count) == [2, 1, 1])
      #expect(report.keyCount == 3)
      #expect(reader.progress.files == 2 && reader.progress.lines == 11)
      let path = folder + "/keys"
      #expect(try reader.writeRefusedKeys(to: .file(path)) == AccessLogReader.WrittenKeys(count: 3, omitted: 0))
      #expect(try readBytes(path) == Array("a\nb c\nd\n".utf8))
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
      var json = JSONWriter()
      report.write(to: &json)
      let text = String(decoding: json.bytes, as: UTF8.self)
      #expect(text.hasPrefix(#"{"s3":{"files":2,"lines":11,"unreadableLines":0,"otherLines":1,"#))
      #expect(text.contains(#""cloudFront":null,"refusedKeys":3,"keys":[{"key":"a","count":2,"uncertainty":0,"#))
    }
  }

  /// What `plan --keys-from` reads is what was refused.
  @Test func oddKeys() async throws {
    try await withTemporaryFolder { folder in
      let keys = Sample.oddKeys.filter { $0.utf8.count < 300 }
      let lines = keys.flatMap { key -> [UInt8] in
        let once = PercentEncoding.encode(key, keepingSlashes: true)
        return Self.text(
          LogText.s3(key: PercentEncoding.encode(once, keepingSlashes: true), request: "GET /assets/\(once) HTTP/1.1"))
      }
      let (report, reader) = try await Self.read(["log": lines + lines], in: folder)
      #expect(report.keyCount == Set(keys.map { ObjectKey($0) }).count)
      let path = folder + "/keys"
      let written = try reader.writeRefusedKeys(to: .file(path), isNullSeparated: true)
      #expect(written.omitted == 0 && written.count == report.keyCount)
      let list = try KeyList(
        reading: try OpenFile(path, .reading), separator: 0, folder: folder, stop: StopSignal())
      var reading = list.reader()
      var found: [ObjectKey] = []
      while let key = try reading.next() { found.append(key) }
      #expect(found == Set(keys.map { ObjectKey($0) }).sorted())
      let lineFeeds = keys.filter { $0.utf8.contains(0x0a) }.count
      #expect(try reader.writeRefusedKeys(to: .file(path)).omitted == lineFeeds && lineFeeds > 0)
    }
  }

  /// More keys and requesters than fit: each key is written, and once.
  @Test func moreThanFits() async throws {
    try await withTemporaryFolder { folder in
      var lines: [UInt8] = []
      for number in 0..<20_000 {
        lines += Self.text(
          LogText.s3(requester: "\(Self.role)\(number % 10_000)", key: "k\(number % 15_000)"),
          LogText.s3(requester: Self.oai, key: "often", neededACL: "Yes"))
      }
      let (report, reader) = try await Self.read(["log.gz": try gzipped(lines)], in: folder)
      let s3 = try #require(report.s3)
      #expect(s3.refused == 40_000 && s3.hasMoreRequesters)
      #expect(s3.requesters.first?.name.text == Self.oai && s3.requesters.first?.refused == 20_000)
      #expect(s3.requesters.first?.isExact == true && s3.requesters.count == 100)
      #expect(report.keys.first?.key.text == "often" && report.keys.first?.count == 20_000)
      #expect(report.keyCount == 15_001)
      #expect(try reader.writeRefusedKeys(to: .file(folder + "/keys")).count == 15_001)
    }
  }

  @Test func whatIsWrongWithFiles() async throws {
    try await withTemporaryFolder { folder in
      let good = Self.text(LogText.s3(key: "good"))
      let long = try gzipped((0..<5000).flatMap { Self.text(LogText.s3(key: "long\($0)")) })
      var damaged = long
      damaged[damaged.count - 6] ^= 0xff
      let junk = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 97 >> 3) }
      let (report, _) = try await Self.read(
        [
          "a.good": good, "b.truncated": Array(long.dropLast(100)), "c.damaged": damaged, "d.junk": junk,
          "e.json": Array(#"{"sc-status":"403"}"#.utf8), "f.parquet": Array("PAR1".utf8) + junk,
          "g.cloudfront": Array(LogText.cloudFront(LogText.view()).utf8), "h.empty": [],
          "i.lines": good + Self.text("half a line", String(LogText.s3().prefix(90))) + good,
          "j.text": Self.text("Dear all,", "see you."), "k/l/m.good": good.dropLast(),
          "n.crlf": Array(good.dropLast()) + [0x0d, 0x0a],
          ".hidden": good,
        ], in: folder)
      let s3 = try #require(report.s3)
      let problems = report.problems.map { problem in
        "\(problem.place.split(separator: "/").last ?? ""): \(problem.word)"
      }
      #expect(
        problems == [
          "b.truncated: truncated", "c.damaged: damaged", "d.junk: not-a-log", "e.json: other-form",
          "f.parquet: other-form", "g.cloudfront: other-kind", "i.lines: unreadable-lines", "j.text: not-a-log",
        ])
      #expect(report.problemCount == problems.count)
      guard case .unreadableLines(2, first: 2)? = report.problems.first(where: { $0.word == "unreadable-lines" })?.kind
      else {
        Issue.record("\(report.problems)")
        return
      }
      #expect(report.keys.first?.key.text == "good" && report.keys.first?.count == 5)
      // What precedes the damage counts.
      #expect(s3.refused > 9000 && s3.extent.files == 6)
    }
  }

  @Test func placesThatAreNone() async throws {
    try await withTemporaryFolder { folder in
      var request = AccessLogRequest()
      request.accessLogs = [.path(folder + "/nowhere"), .path(folder + "/empty"), .bucket("logs", prefix: "")]
      try FileManager.default.createDirectory(atPath: folder + "/empty", withIntermediateDirectories: true)
      let reader = try AccessLogReader(request, client: nil, folder: folder, stop: StopSignal())
      let report = try await reader.read()
      #expect(report.problems.map(\.word) == ["unreadable", "empty", "unreadable"])
      #expect(report.problems[0].kind == .unreadable("cannot open \(folder)/nowhere: No such file or directory"))
      #expect(report.s3?.extent.files == 0)
    }
    #expect(LogPlace("s3://") == nil && LogPlace("") == nil)
    #expect(LogPlace("s3://b") == .bucket("b", prefix: "") && LogPlace("s3://b/p/q") == .bucket("b", prefix: "p/q"))
    #expect(LogPlace("-") == .path("-"))
  }

  @Test func foldersInCircles() async throws {
    try await withTemporaryFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/logs/in", withIntermediateDirectories: true)
      symlink(folder + "/logs", folder + "/logs/in/circle")
      mkfifo(folder + "/logs/in/pipe", 0o600)
      try writeBytes(Self.text(LogText.s3(key: "elsewhere")), to: folder + "/file")
      symlink(folder + "/file", folder + "/logs/in/link")
      let (report, _) = try await Self.read(["a": Self.text(LogText.s3(key: "here"))], in: folder)
      #expect(report.keys.map(\.key.text) == ["elsewhere", "here"] && report.problems.isEmpty)
    }
  }

  @Test func stopped() async throws {
    try await withTemporaryFolder { folder in
      let stop = StopSignal()
      stop.set(.interruption)
      let (report, reader) = try await Self.read(["a": Self.text(LogText.s3())], in: folder, stop: stop)
      #expect(report.isInterrupted && report.s3?.refused == 0)
      #expect(throws: Never.self) { try reader.writeRefusedKeys(to: .file(folder + "/none")) }
    }
  }

  /// Memory holds a part of a line, whatever comes of a small file.
  @Test func bomb() async throws {
    try await withTemporaryFolder { folder in
      let bomb = try gzipped([UInt8](repeating: UInt8(ascii: "x"), count: 8 << 20))
      let (report, _) = try await Self.read(["bomb": bomb + bomb], in: folder)
      #expect(report.problems.map(\.word) == ["not-a-log"])
      #expect(report.s3?.extent.unreadableLines == 1)
    }
  }

  @Test func onlyWantedKeys() async throws {
    try await withTemporaryFolder { folder in
      let (report, _) = try await Self.read(
        [
          "a": Self.text(
            LogText.s3(key: "img/1"), LogText.s3(key: "css/1"), LogText.s3(key: "img/2", status: "200", code: "-"),
            LogText.s3(key: "css/2", status: "200", code: "-"))
        ], in: folder
      ) { $0.isWantedKey = { $0.hasPrefix(ObjectKey("img/")) } }
      #expect(report.s3?.refused == 1 && report.s3?.succeeded == 1)
    }
  }

  @Test func cloudFront() async throws {
    try await withTemporaryFolder { folder in
      let first = LogText.cloudFront(
        LogText.view(path: "/img/a%20b", type: "Error"), LogText.view(time: "21:00:00", path: "/img/a%20b"),
        LogText.view(path: "/geo", type: "ClientGeoBlocked"), LogText.view(path: "/ok", status: "200", type: "Hit"),
        LogText.view(path: "/gone", status: "000", type: "ClientCommError"))
      let second = LogText.cloudFront(
        LogText.view(host: "other.cloudfront.net"), LogText.view(path: "/waf", type: "InvalidRequestBlocked"),
        "half\ta\tline")
      let (report, reader) = try await Self.read(
        ["E1.2019-12-04-21.gz": try gzipped(first.utf8), "E1.2019-12-04-22": Array((second + first).utf8)],
        in: folder, kind: .cloudFront
      ) { request in
        request.domainName = "d111111abcdef8.cloudfront.net"
        request.keyOfPath = { $0.hasPrefix(ObjectKey("/img/")) ? ObjectKey(Array($0.bytes.dropFirst())) : nil }
      }
      let found = try #require(report.cloudFront)
      #expect(report.s3 == nil && found.extent.files == 2 && found.extent.lines == 12 && found.extent.otherLines == 1)
      #expect(found.succeeded == 2 && found.failed == 9 && found.extent.unreadableLines == 1)
      #expect(
        found.results.map { "\($0.status) \($0.type) \($0.answeredBy.rawValue) \($0.count)" } == [
          "403 Error origin-or-cache 4", "0 ClientCommError viewer 2", "403 ClientGeoBlocked edge 2",
          "403 InvalidRequestBlocked edge 1",
        ])
      #expect(found.results[0].paths == [ObjectKey("/img/a b")])
      #expect(found.results[0].first?.extended == "2019-12-04T21:00:00Z")
      #expect(report.problems.map(\.word) == ["unreadable-lines"])
      #expect(report.keys.map { "\($0.key) \($0.count)" } == ["img/a b 4"])
      #expect(try reader.writeRefusedKeys(to: .file(folder + "/keys")).count == 1)
    }
  }

  /// An error that CloudFront passed on is in S3's log too; one that it had cached is not.
  @Test func originOrCache() async throws {
    try await withTemporaryFolder { folder in
      let s3 = ["21:02:29", "21:02:30"].map {
        LogText.s3(time: "04/Dec/2019:\($0) +0000", key: "site/img/a%2520b", status: "403")
      }
      let others = ["20:00:00", "23:00:00"].map {
        LogText.s3(time: "04/Dec/2019:\($0) +0000", key: "x", status: "200", code: "-")
      }
      try writeBytes((s3 + others).flatMap { Array($0.utf8) + [0x0a] }, to: folder + "/s3.log")
      let times = ["19:00:00", "21:02:28", "21:02:30", "21:02:32", "21:02:33", "22:00:00"]
      let views = times.map { LogText.view(time: $0, path: "/img/a%20b") } + [LogText.view(path: "/img/")]
      let text = LogText.cloudFront() + views.map { $0 + "\n" }.joined()
      let (report, _) = try await Self.read(["cf": Array(text.utf8)], in: folder, kind: .cloudFront) {
        $0.accessLogs = [.path(folder + "/s3.log")]
      }
      let result = try #require(report.cloudFront?.results.first)
      #expect(result.count == 7 && result.lookedUp == 5 && result.foundAtOrigin == 2)
    }
  }

  @Test func cloudFrontsOtherForms() async throws {
    try await withTemporaryFolder { folder in
      let names = "timestamp,cs-uri-stem,sc-status,x-edge-detailed-result-type"
      let (report, _) = try await Self.read(
        [
          "a.plain": Self.text(names, "1575493351,/x,403,Error"),
          "b.json": Array(#"{"sc-status":"403"}"#.utf8), "c.s3": Self.text(LogText.s3()),
          "d.columns": Self.text("#Fields: date time cs-uri-stem", "2019-12-04\t21:02:31\t/x"),
          "e.header": Array(LogText.cloudFront().utf8), "f.text": Self.text("a", "b"),
        ], in: folder, kind: .cloudFront)
      #expect(report.cloudFront?.failed == 1 && report.cloudFront?.extent.files == 2)
      let problems = report.problems.map(\.word)
      #expect(problems == ["other-form", "other-kind", "missing-column", "not-a-log"])
    }
  }
}
