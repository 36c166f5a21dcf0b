internal import FoundationEssentials

/// What the body of an error says: S3's `<Error>`, the `<ErrorResponse>` of other XML services, or JSON.
struct ServiceErrorBody {
  var code: String?
  var message = ""
  var requestID: String?
  var region: String?
  var argument: AWSError.Argument?
  let isBlank: Bool

  init(_ response: HTTPResponse) {
    let first = response.body.first { !Self.isBlank($0) }
    isBlank = first == nil
    if first == UInt8(ascii: "{") {
      read(json: response)
    } else {
      read(xml: response.body)
    }
  }

  /// Whether an answer begins as an error does: S3 can find out late that it fails, and has sent blanks until then.
  static func isAtHead(of body: [UInt8]) -> Bool {
    var rest = body.prefix(1 << 16).drop(while: isBlank)
    if rest.starts(with: "<?xml".utf8) {
      guard let end = rest.prefix(200).firstRange(of: "?>".utf8) else { return false }
      rest = rest[end.upperBound...].drop(while: isBlank)
    }
    return rest.starts(with: "<Error>".utf8)
  }

  private mutating func read(xml body: [UInt8]) {
    var error = try? XMLElement(parsing: body, root: "Error")
    requestID = error?["RequestId"]?.text
    if error == nil, let response = try? XMLElement(parsing: body, root: "ErrorResponse") {
      error = response["Error"]
      requestID = (response["RequestId"] ?? response["RequestID"])?.text
    }
    code = error?["Code"]?.text ?? (error == nil ? Self.firstCode(in: body) : nil)
    message = error?["Message"]?.text ?? ""
    region = error?["Region"]?.text
    argument = error?["ArgumentValue"].map {
      AWSError.Argument(name: error?["ArgumentName"]?.text ?? "", value: $0.text)
    }
  }

  /// The code of S3's error in a document that is no XML: it has a key in it with a character that XML cannot have, and
  /// strangers choose keys. The code comes first.
  private static func firstCode(in body: [UInt8]) -> String? {
    let (begin, end) = (Array("<Error>".utf8), Array("</Code>".utf8))
    guard let start = body.prefix(256).firstRange(of: begin) else { return nil }
    let rest = body[start.upperBound...].drop(while: isBlank)
    let mark = Array("<Code>".utf8)
    guard rest.starts(with: mark) else { return nil }
    let name = rest.dropFirst(mark.count).prefix { isOfName($0) }
    guard (1...128).contains(name.count), rest[name.endIndex...].starts(with: end) else { return nil }
    return String(decoding: name, as: UTF8.self)
  }

  /// The error's name is in a header, or in the body under one of several names. OAuth's own word for it is kept as the
  /// argument `error`: it tells what to do.
  private mutating func read(json response: HTTPResponse) {
    struct Body: Decodable {
      var message, otherMessage, description, error, code, type: String?

      enum CodingKeys: String, CodingKey {
        case message, error, code
        case otherMessage = "Message"
        case description = "error_description"
        case type = "__type"
      }
    }
    let body = try? JSONDecoder().decode(Body.self, from: Data(response.body))
    let name = response.headers["x-amzn-errortype"] ?? body?.type ?? body?.code ?? body?.error
    // `UnauthorizedException:http://internal.amazon.com/…`, and `com.amazonaws.sso#UnauthorizedException`.
    code = name.map { String($0.prefix { $0 != ":" }) }?.split(separator: "#").last.map(String.init)
    message = body?.message ?? body?.otherMessage ?? body?.description ?? ""
    argument = body?.error.map { AWSError.Argument(name: "error", value: $0) }
  }

  /// Letters, digits and full stops.
  private static func isOfName(_ byte: UInt8) -> Bool {
    (0x61...0x7a).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x2e
  }

  private static func isBlank(_ byte: UInt8) -> Bool { (0x09...0x0d).contains(byte) || byte == 0x20 }
}
