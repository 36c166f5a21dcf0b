import AWSKit
import Foundation
import TestSupport
import Testing

/// Reports of which nothing is planned.
struct DamagedReportTests {
  /// What is done to a report, and what fixacl says then.
  struct Damage: Sendable, CustomTestStringConvertible {
    let name: String
    let words: String
    let status: Int
    let change: @Sendable (inout WrittenReport, inout [(key: String, bytes: [UInt8])]) throws -> Void

    init(
      _ name: String, _ words: String, status: Int = 1,
      _ change: @escaping @Sendable (inout WrittenReport, inout [(key: String, bytes: [UInt8])]) throws -> Void
    ) {
      self.name = name
      self.words = words
      self.status = status
      self.change = change
    }

    var testDescription: String { name }
  }

  private static func gz(_ text: String) throws -> [UInt8] { try gzipped(text.utf8) }

  static let damages: [Damage] = [
    Damage("no damage", "", status: 0) { _, _ in },
    Damage("other bytes", "MD5 is not") { report, files in
      let manifest = report.manifest(of: files)
      files[0].bytes = try gzipped("".utf8)
      files[0].bytes += [UInt8](repeating: 0, count: 4096)
      // As long as the manifest says.
      let length = try report.content()[0].bytes.count
      files[0].bytes = Array(files[0].bytes.prefix(length))
      files += manifest
    },
    Damage("shorter", "damaged") { report, files in
      let manifest = report.manifest(of: files)
      files[0].bytes.removeLast()
      files += manifest
    },
    Damage("cut off, as the manifest says", "ends in the middle") { report, files in
      files[0].bytes.removeLast(20)
      files += report.manifest(of: files)
    },
    Damage("no gzip", "gzip") { report, files in
      files[0].bytes = Array("\"b\",\"k\"\n".utf8)
      files += report.manifest(of: files)
    },
    Damage("too few fields", "fields instead of") { report, files in
      files[0].bytes = try gz("\"\(report.bucket)\",\"k\"\n")
      files += report.manifest(of: files)
    },
    Damage("too many fields", "more than") { report, files in
      files[0].bytes = try gz(String(repeating: "\"\(report.bucket)\",", count: 30) + "\n")
      files += report.manifest(of: files)
    },
    Damage("a quotation mark without an end", "a quotation mark is missing") { report, files in
      files[0].bytes = try gz("\"\(report.bucket)\",\"k\n")
      files += report.manifest(of: files)
    },
    Damage("a row without an end", "longer than any row") { report, files in
      files[0].bytes = try gz("\"" + String(repeating: "k", count: 3 << 20))
      files += report.manifest(of: files)
    },
    Damage("another bucket's rows", "about another bucket") { report, files in
      files[0].bytes = try gz("\"another\"" + String(repeating: ",\"\"", count: 9) + "\n")
      files += report.manifest(of: files)
    },
    Damage("a key that is too long", "a key is longer") { report, files in
      files[0].bytes = try gz(
        "\"\(report.bucket)\",\"\(String(repeating: "k", count: 1025))\"" + String(repeating: ",\"\"", count: 8) + "\n")
      files += report.manifest(of: files)
    },
    Damage("a manifest of another report", "manifest.checksum") { report, files in
      var manifest = report.manifest(of: files)
      manifest[0].bytes += Array(" ".utf8)
      files += manifest
    },
    Damage("no checksum", "no manifest.checksum") { report, files in
      files.append(report.manifest(of: files)[0])
    },
    Damage("no manifest", "is not the manifest") { report, files in
      let text = Array("[1, 2, 3]".utf8)
      files += [
        (report.manifestKey, text),
        (report.manifestKey.dropLast(5) + ".checksum", Array(WrittenReport.md5(text).utf8)),
      ]
    },
    Damage("ORC", "the report is in ORC. fixacl reads CSV and Parquet") { report, files in
      report.format = "ORC"
      files += report.manifest(of: files)
    },
    Damage("columns are missing", "lacks what a plan needs: ETag, ObjectOwner") { report, files in
      report.omittedColumns = ["ObjectOwner", "ETag"]
      files += report.manifest(of: files)
    },
  ]

  @Test(arguments: damages)
  func nothingIsPlanned(damage: Damage) async throws {
    let server = try #require(S3TestServer.sandbox)
    let place = try Workplace(server)
    let bucket = try await server.makeBucket()
    for key: ObjectKey in ["a", "b", "c"] { try await server.tools.put(key, in: bucket) }
    var report = try await WrittenReport.read(bucket, of: server, files: 2)
    report.destination = try await server.makeBucket()
    var files = try report.content().filter { $0.key.hasSuffix(".gz") }
    try damage.change(&report, &files)
    if damage.status == 0 { files += report.manifest(of: files) }
    for (key, bytes) in files {
      try await server.site.put(ObjectKey(key), in: report.destination, body: bytes)
      let url = URL(filePath: place.path("here/" + key))
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: url)
    }
    for manifest in ["s3://\(report.destination)/\(report.manifestKey)", place.path("here/\(report.manifestKey)")] {
      let result = try await place.fixacl([
        "plan", bucket, "-o", "plan.json", "--inventory", manifest, "--owner-profile", "tools", "--grant-read",
        server.oai.grantee,
      ])
      #expect(result.status == damage.status, "\(result.err)")
      #expect(damage.words.isEmpty || result.err.onOneLine.contains(damage.words), "\(result.err)")
      #expect(place.exists("plan.json") == (damage.status == 0))
      // Nothing is left of what was read.
      let left = try FileManager.default.contentsOfDirectory(atPath: place.folder).filter { $0.hasPrefix(".fixacl") }
      #expect(left.isEmpty)
    }
  }

  @Test func anotherBucket() async throws {
    let server = try #require(S3TestServer.sandbox)
    let place = try Workplace(server)
    let bucket = try await server.makeBucket()
    let another = try await server.makeBucket()
    let manifest = try await WrittenReport.read(another, of: server).write(to: "reports", in: place)
    let result = try await place.fixacl(
      "plan", bucket, "--inventory", manifest, "--grant-read", server.oai.grantee)
    #expect(result.status == 64 && result.err.contains(another), "\(result.err)")
    let missing = try await place.fixacl(
      "plan", bucket, "--inventory", "s3://\(another)/manifest.json", "--grant-read", server.oai.grantee)
    #expect(missing.status == 1 && missing.err.contains("NoSuchKey"), "\(missing.err)")
    let usage = try await place.fixacl("plan", bucket, "--inventory", "s3://\(another)/report/")
    #expect(usage.status == 64 && usage.err.contains("manifest.json"), "\(usage.err)")
    let both = try await place.fixacl("plan", bucket, "--inventory", manifest, "--keys-from", "-")
    #expect(both.status == 64, "\(both.err)")
  }
}
