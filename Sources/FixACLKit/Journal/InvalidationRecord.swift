/// That paths of a plan were invalidated in a distribution, or are about to be.
package struct InvalidationRecord: Sendable, Equatable {
  /// The distribution's ID.
  package var distribution: String
  /// Which paths: their digest.
  package var paths: String
  /// CloudFront's ID of the invalidation; nil before it is made.
  package var id: String?

  package init(distribution: String, paths: String, id: String? = nil) {
    self.distribution = distribution
    self.paths = paths
    self.id = id
  }

  func write(to json: inout JSONWriter) {
    json.name("invalidation")
    json.object { json in
      json.member("distribution", distribution)
      json.member("paths", paths)
      if let id { json.member("id", id) }
    }
  }

  /// - Throws: `JSONLineReader.Damage` if it is no such object.
  init(_ reader: inout JSONLineReader) throws {
    var (distribution, paths, id): (String?, String?, String?)
    try reader.object { reader, name in
      switch name {
      case "distribution": distribution = try reader.text()
      case "paths": paths = try reader.text()
      case "id": id = try reader.text()
      default: try reader.skip()
      }
    }
    guard let distribution, let paths else { throw JSONLineReader.Damage() }
    self.init(distribution: distribution, paths: paths, id: id)
  }
}
