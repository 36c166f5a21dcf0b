/// What access logs say of an object's bucket and distribution.
package struct LogFindings: Sendable {
  package let report: AccessLogReport
  /// The keys that were refused most often, as they are now.
  package let objects: [RefusedObject]
  /// The file with all refused keys, and how many are in it; nil if nobody wants one.
  package let written: (path: String, keys: AccessLogReader.WrittenKeys)?
}

extension LogFindings: JSONWritable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.name("report")
      report.write(to: &json)
      json.name("objects")
      objects.write(to: &json)
      json.name("written")
      guard let written else { return json.null() }
      json.object { json in
        json.member("file", written.path)
        json.member("keys", written.keys.count)
        json.member("omitted", written.keys.omitted)
      }
    }
  }
}
