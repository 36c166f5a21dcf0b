@testable import S3Kit

extension S3Operation where Output == String {
  /// Reads the text of a `<Thing>`.
  static func getThing(bucket: String? = "bucket", key: String? = "k") -> S3Operation {
    S3Operation("GetThing", bucket: bucket, key: key.map { ObjectKey($0) }) { response throws(XMLError) in
      try XMLElement(parsing: response.body, root: "Thing").text
    }
  }

  /// The same as a write.
  static func putThing() -> S3Operation {
    S3Operation("PutThing", .put, bucket: "bucket", key: ObjectKey("k")) { response throws(XMLError) in
      try XMLElement(parsing: response.body, root: "Thing").text
    }
  }
}

extension ScriptedAnswer {
  /// What `getThing` hopes for.
  static let thing = ScriptedAnswer.status(200, "<Thing>good</Thing>")
}
