@testable import AWSKit

extension AWSOperation where Output == String {
  /// Reads the text of a `<Thing>`.
  static func getThing(bucket: String? = "bucket", key: String? = "k") -> AWSOperation {
    AWSOperation("GetThing", bucket: bucket, key: key.map { ObjectKey($0) }) { response throws(XMLError) in
      try XMLElement(parsing: response.body, root: "Thing").text
    }
  }

  /// The same as a write.
  static func putThing() -> AWSOperation {
    AWSOperation("PutThing", .put, bucket: "bucket", key: ObjectKey("k")) { response throws(XMLError) in
      try XMLElement(parsing: response.body, root: "Thing").text
    }
  }
}

extension ScriptedAnswer {
  /// What `getThing` hopes for.
  static let thing = ScriptedAnswer.status(200, "<Thing>good</Thing>")
}
