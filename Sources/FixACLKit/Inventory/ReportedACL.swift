internal import AWSKit
internal import FoundationEssentials

/// The grants of an object as a report tells them.
///
/// The column holds a JSON document, in base64 or as it is: `{"version":…,"status":"AVAILABLE","grants":[…]}`.
enum ReportedACL: Sendable, Equatable {
  case grants([Grant])
  /// The report does not tell them, or in a form that fixacl does not know: they are looked up.
  case unknown

  init(_ text: some Sequence<UInt8>) {
    self = .unknown
    var bytes = Array(text)
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
    if bytes.first(where: { !isBlank($0) }) != UInt8(ascii: "{") {
      guard let decoded = Data(base64Encoded: Data(bytes)) else { return }
      bytes = Array(decoded)
    }
    var reader = JSONLineReader(bytes[...])
    guard let grants = try? Self.grants(&reader), reader.isAtEnd() else { return }
    self = .grants(grants)
  }

  /// - Returns: nil if the status is not that there are any.
  private static func grants(_ reader: inout JSONLineReader) throws -> [Grant]? {
    var isAvailable = false
    var grants: [Grant]?
    try reader.object { reader, name in
      switch name {
      case "status": isAvailable = try reader.word().elementsEqual("AVAILABLE".utf8)
      case "grants":
        var found: [Grant] = []
        try reader.array { found.append(try grant(&$0)) }
        grants = found
      default: try reader.skip()
      }
    }
    return isAvailable ? grants : nil
  }

  private static func grant(_ reader: inout JSONLineReader) throws -> Grant {
    var (id, uri, type): (String?, String?, String?)
    var permission: Permission?
    try reader.object { reader, name in
      switch name {
      case "canonicalId": id = try reader.optionalText()
      case "uri": uri = try reader.optionalText()
      case "type": type = try reader.optionalText()
      case "permission": permission = Permission(rawValue: try reader.text())
      default: try reader.skip()
      }
    }
    guard let permission else { throw JSONLineReader.Damage() }
    switch (type, id, uri) {
    case ("CanonicalUser", let id?, nil): return Grant(.canonicalUser(CanonicalID(id)), permission)
    case ("Group", nil, let uri?): return Grant(.group(uri), permission)
    default: throw JSONLineReader.Damage()
    }
  }
}
