internal import Crypto
internal import Foundation
internal import AWSKit

/// The completion report of a job: files of rows, and last the manifest that names them (User Guide: "Examples: S3 Batch
/// Operations completion reports").
struct BatchReport {
  /// An object of the report.
  struct File {
    let key: String
    let content: [UInt8]
    let contentType: String
  }

  /// In the order in which they are written.
  private(set) var files: [File] = []

  private struct Manifest: Encodable {
    struct Result: Encodable {
      enum CodingKeys: String, CodingKey {
        case status = "TaskExecutionStatus"
        case bucket = "Bucket"
        case checksum = "MD5Checksum"
        case key = "Key"
      }

      let status: String
      let bucket: String
      let checksum: String
      let key: String
    }

    enum CodingKeys: String, CodingKey {
      case format = "Format"
      case createdAt = "ReportCreationDate"
      case results = "Results"
      case schema = "ReportSchema"
    }

    let format = "Report_CSV_20180820"
    let createdAt: String
    let results: [Result]
    let schema = "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage"
  }

  init(of job: BatchJob, _ wanted: BatchJobRequest.Report, at now: Timestamp) {
    let folder = (wanted.prefix.isEmpty ? "" : wanted.prefix + "/") + "job-" + job.id
    var results: [Manifest.Result] = []
    for (status, rows) in [("succeeded", job.succeeded), ("failed", job.failed)] {
      for (place, content) in rows.files.enumerated() {
        let name = Hexadecimal.encode(Insecure.SHA1.hash(data: Array("\(job.id) \(status) \(place)".utf8)))
        let key = "\(folder)/results/\(name).csv"
        files.append(File(key: key, content: content, contentType: "text/csv"))
        results.append(
          Manifest.Result(
            status: status, bucket: wanted.bucket, checksum: Hexadecimal.encode(Insecure.MD5.hash(data: content)),
            key: key))
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let manifest = (try? encoder.encode(Manifest(createdAt: now.s3Date, results: results))).map(Array.init) ?? []
    files.append(File(key: folder + "/manifest.json", content: manifest, contentType: "application/json"))
    files.append(
      File(
        key: folder + "/manifest.json.md5",
        content: Array(Hexadecimal.encode(Insecure.MD5.hash(data: manifest)).utf8), contentType: "text/plain"))
  }
}
