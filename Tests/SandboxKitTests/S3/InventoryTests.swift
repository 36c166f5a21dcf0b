import AWSKit
import Crypto
import Foundation
import Testing

@testable import SandboxKit

/// Inventory configurations and reports (API Reference: PutBucketInventoryConfiguration; User Guide: "Amazon S3 Inventory",
/// "Locating your inventory list", "Working with the Object ACL field", "Granting permissions for Amazon S3 Inventory and
/// Amazon S3 analytics").
@Suite("S3 Inventory")
struct InventoryTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage()
  }

  /// A configuration; every element has a value that is right.
  private struct Config {
    var id = "daily"
    var format = "CSV"
    var versions = "Current"
    var fields = ["Size", "ETag", "ObjectOwner", "ObjectAccessControlList"]
    var bucket = "arn:aws:s3:::" + CloudFrontStage.bucket
    var destination = "<Prefix>reports</Prefix>"
    var more = ""
    var isEnabled = "true"
    var frequency = "Daily"

    var text: String {
      "<InventoryConfiguration><Destination><S3BucketDestination><AccountId>111122223333</AccountId>"
        + "<Bucket>\(bucket)</Bucket><Format>\(format)</Format>\(destination)</S3BucketDestination></Destination>"
        + "<IsEnabled>\(isEnabled)</IsEnabled>\(more)<Id>\(id)</Id>"
        + "<IncludedObjectVersions>\(versions)</IncludedObjectVersions><OptionalFields>"
        + fields.map { "<Field>\($0)</Field>" }.joined()
        + "</OptionalFields><Schedule><Frequency>\(frequency)</Frequency></Schedule></InventoryConfiguration>"
    }
  }

  @discardableResult
  private func put(_ config: Config, as id: String? = nil) -> Answer {
    stage.s3(.put, "", query: [("inventory", ""), ("id", id ?? config.id)], body: config.text)
  }

  /// AWS's own example of a policy that lets S3 write reports.
  private func allowReports(sourceAccount: String? = nil) {
    stage.setPolicy(
      """
      {"Sid": "InventoryPolicy", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "s3:PutObject",
       "Resource": ["BUCKET/*"], "Condition": {"ArnLike": {"aws:SourceArn": ["BUCKET"]}, "StringEquals": {
       "aws:SourceAccount": ["\(sourceAccount ?? stage.site.accountID)"], "s3:x-amz-acl": ["bucket-owner-full-control"]}}}
      """)
  }

  private func write(_ id: String = "daily", _ more: [(String, String)] = []) -> Answer {
    stage.sandbox.send(
      .post, "control.sandbox", "/inventory", query: [("bucket", CloudFrontStage.bucket), ("id", id)] + more)
  }

  /// The rows of a report, each the fields, without the manifest's own objects.
  private func rows(of answer: Answer) throws -> (schema: String, [[String]]) {
    let path = try #require(try answer.json()["manifest"]?.text)
    let key = String(path.trimmingPrefix("s3://\(CloudFrontStage.bucket)/"))
    let manifest = stage.s3(.get, key)
    let checksum = stage.s3(.get, key.replacing("manifest.json", with: "manifest.checksum"))
    #expect(checksum.text == Hexadecimal.encode(Insecure.MD5.hash(data: manifest.response.body)))
    struct Manifest: Decodable {
      struct File: Decodable {
        enum CodingKeys: String, CodingKey {
          case key, size
          case checksum = "MD5checksum"
        }

        let key: String
        let size: Int
        let checksum: String
      }
      let sourceBucket: String
      let destinationBucket: String
      let creationTimestamp: String
      let fileFormat: String
      let fileSchema: String
      let files: [File]
    }
    let document = try JSONDecoder().decode(Manifest.self, from: Data(manifest.response.body))
    #expect(document.sourceBucket == CloudFrontStage.bucket && document.fileFormat == "CSV")
    #expect(document.destinationBucket == "arn:aws:s3:::" + CloudFrontStage.bucket)
    #expect(Int(document.creationTimestamp) ?? 0 > 1_700_000_000_000)
    var rows: [[String]] = []
    for file in document.files {
      let content = stage.s3(.get, file.key).response.body
      #expect(content.count == file.size)
      #expect(Hexadecimal.encode(Insecure.MD5.hash(data: content)) == file.checksum)
      #expect(file.key.hasPrefix("reports/\(CloudFrontStage.bucket)/daily/data/"))
      var text: [UInt8] = []
      try GzipDecoder().decode(content.span) { piece in piece.withUnsafeBufferPointer { text += $0 } }
      var csv = CSVRows(text)
      while let row = csv.next() { rows.append(row.map { String(decoding: $0, as: UTF8.self) }) }
    }
    return (document.fileSchema, rows)
  }

  @Test("configurations are kept, listed and deleted")
  func configurations() {
    for id in ["weekly", "daily"] { #expect(put(Config(id: id)).status == 200) }
    let one = stage.s3(.get, "", query: [("inventory", ""), ("id", "daily")])
    #expect(one.text("Id") == "daily" && one.text("Destination", "S3BucketDestination", "Prefix") == "reports")
    let list = stage.s3(.get, "", query: [("inventory", "")])
    #expect(list.text("InventoryConfiguration", "Id") == "daily" && list.text("IsTruncated") == "false", "\(list.text)")
    #expect(list.text.contains("<Id>weekly</Id>"))
    #expect(stage.s3(.delete, "", query: [("inventory", ""), ("id", "daily")]).status == 204)
    #expect(stage.s3(.get, "", query: [("inventory", ""), ("id", "daily")]).code == "NoSuchConfiguration")
    #expect(stage.s3(.delete, "", query: [("inventory", ""), ("id", "daily")]).code == "NoSuchConfiguration")
    #expect(stage.s3(.put, "", query: [("inventory", "")], body: Config().text).code == "InvalidArgument")
    #expect(stage.s3(.get, "", query: [("inventory", "")], as: stage.tools.credentials).code == "AccessDenied")
    for number in 0..<120 { put(Config(id: "many-\(1000 + number)")) }
    let first = stage.s3(.get, "", query: [("inventory", "")])
    #expect(first.text("IsTruncated") == "true")
    let rest = stage.s3(
      .get, "", query: [("inventory", ""), ("continuation-token", first.text("NextContinuationToken"))])
    #expect(rest.text("IsTruncated") == "false" && rest.text.contains("<Id>weekly</Id>"))
  }

  @Test("configurations that S3 would not take are refused")
  func validation() {
    func code(_ change: (inout Config) -> Void) -> String {
      var config = Config()
      change(&config)
      return put(config).code
    }
    #expect(code { $0.format = "XML" } == "MalformedXML")
    #expect(code { $0.versions = "Some" } == "MalformedXML")
    #expect(code { $0.frequency = "Hourly" } == "MalformedXML")
    #expect(code { $0.isEnabled = "yes" } == "MalformedXML")
    #expect(code { $0.fields = ["Color"] } == "MalformedXML")
    #expect(code { $0.fields = ["Size", "Size"] } == "MalformedXML")
    #expect(code { $0.more = "<Filter></Filter>" } == "MalformedXML")
    #expect(code { $0.destination = "<Encryption><SSE-C/></Encryption>" } == "MalformedXML")
    #expect(code { $0.bucket = CloudFrontStage.bucket } == "InvalidArgument")
    #expect(code { $0.bucket = "arn:aws:s3:::nowhere" } == "InvalidS3DestinationBucket")
    #expect(code { $0.id = "a b" } == "InvalidArgument")
    #expect(put(Config(), as: "other").code == "InvalidArgument")
    #expect(put(Config(format: "Parquet", destination: "<Encryption><SSE-S3/></Encryption>")).status == 200)
  }

  @Test("reports have the columns in AWS's order, values in quotation marks, and the ACL in Base64")
  func report() throws {
    let siteID = stage.site.canonicalID.value
    stage.put("a%20%C3%BC.html", headers: [("x-amz-grant-read", "id=\"\(siteID)\", uri=\"\(Self.allUsers)\"")])
    put(Config(fields: ["ObjectOwner", "ETag", "Size", "ObjectAccessControlList", "EncryptionStatus"]))
    allowReports()
    let answer = write()
    #expect(answer.status == 200, "\(answer.text)")
    let (schema, rows) = try rows(of: answer)
    #expect(schema == "Bucket, Key, Size, ETag, EncryptionStatus, ObjectAccessControlList, ObjectOwner")
    #expect(Set(rows.map { $0[1] }) == ["a%20%C3%BC.html", "index.html", "page.html"])
    let row = try #require(rows.first { $0[1].hasPrefix("a") })
    #expect(row[0] == CloudFrontStage.bucket && row[2] == "15" && row[3].count == 32 && row[4] == "SSE-S3")
    #expect(row[6] == siteID)
    let acl = String(decoding: try #require(Data(base64Encoded: row[5])), as: UTF8.self)
    #expect(
      acl
        == #"{"version":"2022-11-10","status":"AVAILABLE","grants":[{"canonicalId":"\#(siteID)","type":"CanonicalUser","#
        + #""permission":"READ"},{"uri":"\#(Self.allUsers)","type":"Group","permission":"READ"}]}"#)
  }

  private static let allUsers = "http://acs.amazonaws.com/groups/global/AllUsers"

  @Test("reports have all versions where they are asked for, in several files, with ACLs that are not told")
  func versions() throws {
    stage.s3(
      .put, "", query: [("versioning", "")],
      body: "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
    stage.put("logs/a")
    stage.put("logs/a")
    stage.s3(.delete, "logs/a")
    stage.put("logs/b")
    put(Config(versions: "All", more: "<Filter><Prefix>logs/</Prefix></Filter>"))
    allowReports()
    let (schema, rows) = try rows(
      of: write("daily", [("rows", "1"), ("unavailable", "logs/b"), ("time", "2026-01-02T03:04:05Z")]))
    #expect(
      schema == "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, ETag, ObjectAccessControlList, ObjectOwner")
    #expect(rows.count == 4 && rows.filter { $0[1] == "logs/a" }.count == 3)
    #expect(rows.contains { $0[1] == "logs/a" && $0[3] == "true" && $0[4] == "true" && $0[5].isEmpty })
    #expect(rows.filter { $0[3] == "true" }.count == 2 && rows.allSatisfy { $0[2].count == 32 })
    let b = try #require(rows.first { $0[1] == "logs/b" })
    #expect(b[8] == "UNAVAILABLE")
    #expect(
      String(decoding: try #require(Data(base64Encoded: b[7])), as: UTF8.self).contains(#""status":"UNAVAILABLE""#))
    let again = write("daily", [("time", "2026-01-02T03:04:05Z")])
    #expect(again.text.contains("2026-01-02T03-04Z"))
  }

  @Test("reports are refused where the destination does not let S3 write, and where they are no CSV")
  func refusals() {
    put(Config())
    #expect(write().status == 403 && write().text.contains("AccessDenied"))
    allowReports(sourceAccount: stage.tools.accountID)
    #expect(write().status == 403)
    allowReports()
    #expect(write().status == 200)
    #expect(write("none").status == 404)
    #expect(write("daily", [("rows", "0")]).status == 400 && write("daily", [("time", "now")]).status == 400)
    put(Config(isEnabled: "false"))
    #expect(write().status == 409)
    put(Config(format: "ORC"))
    #expect(write().status == 501 && write().text.contains("ORC"))
  }
}
