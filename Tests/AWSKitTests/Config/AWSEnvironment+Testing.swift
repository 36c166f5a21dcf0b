import AWSKit

/// Secrets that the tests put in everywhere, and that no text may show.
let planted = (secret: "PLANTEDsecretPLANTEDsecretPLANTEDsecret1", token: "PLANTEDtoken")

extension AWSEnvironment {
  /// An environment with HOME `/h`, and the two files in their standard places.
  static func testing(
    _ variables: [String: String] = [:], credentials: String? = nil, config: String? = nil
  ) -> AWSEnvironment {
    var files: [String: FileContent] = [:]
    files["/h/.aws/credentials"] = credentials.map { .bytes(Array($0.utf8)) }
    files["/h/.aws/config"] = config.map { .bytes(Array($0.utf8)) }
    return AWSEnvironment(environment: variables.merging(["HOME": "/h"]) { given, _ in given }) { [files] in
      files[$0] ?? .notFound
    }
  }
}

/// A section with keys, of which the ID says whose they are.
func keys(_ section: String, _ id: String) -> String {
  "[\(section)]\naws_access_key_id = \(id)\naws_secret_access_key = \(planted.secret)\n"
}

/// Variables with keys, of which the ID says whose they are.
func keyVariables(_ id: String) -> [String: String] {
  [
    "AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": planted.secret, "AWS_SESSION_TOKEN": planted.token,
  ]
}
