internal import AWSKit
internal import FixACLKit

extension Reader {
  /// For people, within a sentence.
  var name: String {
    switch principal {
    case .service: "CloudFront's origin access control"
    case .canonicalUser(let id, _):
      originAccessIdentity.map { "the OAI \($0.escapedForTerminal)" } ?? "the canonical ID \(id)"
    }
  }

  /// What is given to whom, and who says so: a sentence without its full stop.
  var announcement: String {
    let place = statement.map { "statement \($0.escapedForTerminal) of the bucket policy" }
    let origin =
      switch source {
      case .bucketPolicy: "whom \(place ?? "the bucket policy") lets in"
      case .distribution: "as whom the distribution \((distribution ?? "").escapedForTerminal) reads the bucket"
      case .oai, .grantRead, .grantFullControl: "whom --\(source.rawValue) names"
      }
    switch principal {
    case .service(let name, _):
      return "copies for \(name.escapedForTerminal), \(origin): no ACL can name a service, so objects of other accounts"
        + " must become the bucket owner's"
    case .canonicalUser(let id, let permission):
      return "\(permission.rawValue) for \(identity(id)), \(origin)"
    }
  }

  /// What it is given: `READ to OAI E… (canonical ID …)`.
  var gift: String {
    switch principal {
    case .service(let name, _): "the bucket owner ownership, for \(name.escapedForTerminal),"
    case .canonicalUser(let id, let permission):
      "\(permission.rawValue) to \(identity(id))"
    }
  }

  /// The name that people know it by, before its canonical ID.
  private func identity(_ id: CanonicalID) -> String {
    originAccessIdentity.map { "OAI \($0.escapedForTerminal) (canonical ID \(id))" } ?? "canonical ID \(id)"
  }
}
