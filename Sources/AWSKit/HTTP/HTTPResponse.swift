/// One HTTP answer, read to its end.
package struct HTTPResponse: Sendable {
  package var status: Int
  package var headers: HTTPHeaders
  package var body: [UInt8]
  /// Held as long as the body, if that is long.
  var room: BodyRoom?

  package init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package var isSuccess: Bool { (200..<300).contains(status) }

  /// The object version that the answer is about, if it names one.
  var versionID: String? {
    get throws(XMLError) {
      guard let id = headers["x-amz-version-id"] else { return nil }
      guard id.utf8.count <= ListedObject.maximumTextLength else {
        throw .invalid("a version ID of \(id.utf8.count) bytes")
      }
      return id
    }
  }

  /// Amazon's ID of the request; its support asks for it.
  package var requestID: String? { headers["x-amz-request-id"] ?? headers["x-amzn-requestid"] }
}

extension UInt8 {
  /// The byte as lower case, if it is an ASCII capital.
  var asciiLowercase: UInt8 { (0x41...0x5a).contains(self) ? self | 0x20 : self }
}
