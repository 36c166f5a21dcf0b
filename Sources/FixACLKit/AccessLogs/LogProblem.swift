/// Why a log, or a part of one, was not read.
package struct LogProblem: Sendable, Equatable {
  /// What is wrong.
  package enum Kind: Sendable, Equatable {
    /// The place, or an object of it, cannot be read, as the system or the server says.
    case unreadable(String)
    /// It is damaged gzip, of which the beginning was read.
    case damaged(String)
    /// It ends in the middle of a gzip member. What precedes was read.
    case truncated
    /// It is not an access log of the kind that it was given as.
    case notALog
    /// It is the other kind of log.
    case otherKind(LogKind)
    /// It is a log in this form, which fixacl does not read: `JSON` or `Parquet`.
    case otherForm(String)
    /// A log of CloudFront's without this column.
    case missingColumn(String)
    /// So many lines were passed over, the first of which has this number, from 1.
    case unreadableLines(Int, first: Int)
    /// There is no log at the place.
    case empty
  }

  /// The file, object or place.
  package let place: String
  package let kind: Kind

  /// A stable word for programs.
  package var word: String {
    switch kind {
    case .unreadable: "unreadable"
    case .damaged: "damaged"
    case .truncated: "truncated"
    case .notALog: "not-a-log"
    case .otherKind: "other-kind"
    case .otherForm: "other-form"
    case .missingColumn: "missing-column"
    case .unreadableLines: "unreadable-lines"
    case .empty: "empty"
    }
  }
}

/// A service's access log.
package enum LogKind: String, Sendable {
  /// S3's server access log.
  case s3
  /// CloudFront's standard log.
  case cloudFront = "cloudfront"
}
