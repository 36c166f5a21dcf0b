/// One tag of an object.
package struct ObjectTag: Hashable, Sendable {
  package let key: String
  package let value: String

  package init(key: String, value: String) {
    self.key = key
    self.value = value
  }

  /// The value of an `x-amz-tagging` header: a query string.
  static func header(_ tags: [ObjectTag]) -> String {
    tags.map { PercentEncoding.encode($0.key) + "=" + PercentEncoding.encode($0.value) }.joined(separator: "&")
  }
}
