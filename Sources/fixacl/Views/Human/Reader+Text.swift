internal import AWSKit
internal import FixACLKit

extension Reader {
  /// The name that people know it by, within a sentence.
  var name: String {
    switch principal {
    case .service: "CloudFront's origin access control"
    case .canonicalUser(let id, _):
      originAccessIdentity.map { "OAI \($0.escapedForTerminal)" } ?? "canonical ID \(id)"
    }
  }

  /// Why it is a reader: a clause.
  var origin: String {
    let place = statement.map { "statement \($0.escapedForTerminal) of the bucket policy" } ?? "the bucket policy"
    return switch source {
    case .bucketPolicy: "\(place) allows it to read"
    case .distribution: "distribution \((distribution ?? "").escapedForTerminal) reads the bucket with it"
    case .oai, .grantRead, .grantFullControl: "--\(source.rawValue) names it"
    }
  }

  /// What the reader gets, and why: a sentence without its full stop.
  var announcement: String {
    switch principal {
    case .service(let name, _):
      "\(name.escapedForTerminal) gets copies, because no ACL can name a service: \(origin)"
    case .canonicalUser(_, let permission): "\(self.name) gets \(permission.rawValue): \(origin)"
    }
  }

  /// What it is given: `READ to OAI E…`.
  var gift: String {
    switch principal {
    case .service(let name, _): "the bucket owner copies, for \(name.escapedForTerminal),"
    case .canonicalUser(_, let permission): "\(permission.rawValue) to \(name)"
    }
  }
}
