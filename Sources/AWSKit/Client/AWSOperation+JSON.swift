internal import FoundationEssentials

extension AWSOperation {
  /// Reads an answer in JSON.
  ///
  /// - Throws: `XMLError.invalid`, without a word of the answer: it may hold secrets.
  static func decode<Answer: Decodable>(_ type: Answer.Type, _ response: HTTPResponse) throws(XMLError) -> Answer {
    do {
      return try JSONDecoder().decode(type, from: Data(response.body))
    } catch {
      throw .invalid("it is not the JSON that was asked for")
    }
  }

  /// The headers of a request with JSON.
  static var jsonHeaders: [(name: String, value: String)] { [("Content-Type", "application/json")] }

  /// The same of AWS's JSON protocol 1.1, which names the operation in a header.
  static func jsonHeaders(target: String) -> [(name: String, value: String)] {
    [("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", target)]
  }
}
