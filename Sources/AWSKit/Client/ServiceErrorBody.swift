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

  private mutating func read(xml body: [UInt8]) {
    var error = try? XMLElement(parsing: body, root: "Error")
    requestID = error?["RequestId"]?.text
    if error == nil, let response = try? XMLElement(parsing: body, root: "ErrorResponse") {
      error = response["Error"]
      requestID = (response["RequestId"] ?? response["RequestID"])?.text
    }
    code = error?["Code"]?.text
    message = error?["Message"]?.text ?? ""
    region = error?["Region"]?.text
    argument = error?["ArgumentValue"].map {
      AWSError.Argument(name: error?["ArgumentName"]?.text ?? "", value: $0.text)
    }
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

  private static func isBlank(_ byte: UInt8) -> Bool { (0x09...0x0d).contains(byte) || byte == 0x20 }
}
