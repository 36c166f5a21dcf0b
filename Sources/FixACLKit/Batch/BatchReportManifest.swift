internal import FoundationEssentials
internal import AWSKit

/// The file that names the files of a completion report.
package struct BatchReportManifest: Sendable, Equatable {
  /// A file with the tasks that had one result.
  package struct File: Sendable, Equatable {
    package let bucket: String
    package let key: String
    /// 32 hexadecimal digits.
    package let md5: String
  }

  package let files: [File]

  /// The longest that is read: a job's report has a file for some million tasks.
  package static let maximumLength = 16 << 20

  /// The names that it can have, below the job's folder.
  package static let names = ["manifest.json", "report.json"]

  /// - Throws: `FileFormatError.Detail` if it is no such file.
  package init(parsing bytes: [UInt8]) throws {
    guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)) else {
      throw FileFormatError.Detail("it is not the manifest of a completion report")
    }
    guard document.format == "Report_CSV_20180820" else {
      throw FileFormatError.Detail("it has the format '\(document.format.prefix(64))', and not Report_CSV_20180820")
    }
    files = try document.results.map { result in
      guard result.md5.utf8.count == 32, result.md5.utf8.allSatisfy({ Hex.value($0) != nil }) else {
        throw FileFormatError.Detail("it names a file without an MD5")
      }
      return File(bucket: result.bucket, key: result.key, md5: result.md5.lowercased())
    }
  }

  private struct Document: Decodable {
    struct Result: Decodable {
      let bucket: String
      let key: String
      let md5: String

      enum CodingKeys: String, CodingKey {
        case bucket = "Bucket"
        case key = "Key"
        case md5 = "MD5Checksum"
      }
    }

    let format: String
    let results: [Result]

    enum CodingKeys: String, CodingKey {
      case format = "Format"
      case results = "Results"
    }
  }
}
