internal import FoundationEssentials

/// Requests to what gives credentials to a container or an instance: small, near, without TLS, and never through a
/// proxy.
enum MetadataRequest {
  /// Sends a request, several times if no answer comes or a server's error.
  ///
  /// - Parameter name: what is at the address, for errors.
  static func send(
    _ request: HTTPRequest, attempts: Int, _ name: String, _ services: CredentialsServices
  ) async throws(CredentialsError) -> HTTPResponse {
    var attempt = 1
    while true {
      let reason: String
      var isUnanswered = false
      do throws(TransportError) {
        let response = try await services.directTransport.send(request)
        guard response.status >= 500 || response.status == 429, attempt < attempts else { return response }
        reason = ""
      } catch {
        reason = error.message
        isUnanswered = error.kind == .interrupted
      }
      guard attempt < attempts else {
        var error = CredentialsError(
          .sourceFailed, "\(name) at \(request.scheme)://\(request.authority): \(reason)")
        error.isUnanswered = isUnanswered
        throw error
      }
      attempt += 1
      await services.throttle.pause(seconds: 1, services.dependencies.client.sleep)
    }
  }

  private struct Answer: Decodable {
    var accessKeyID, secretAccessKey, token, expiration, code, message: String?
    /// A container's agent writes its errors in lower case.
    var lowerCode, lowerMessage: String?

    enum CodingKeys: String, CodingKey {
      case accessKeyID = "AccessKeyId"
      case secretAccessKey = "SecretAccessKey"
      case token = "Token"
      case expiration = "Expiration"
      case code = "Code"
      case message = "Message"
      case lowerCode = "code"
      case lowerMessage = "message"
    }

    init?(_ response: HTTPResponse) {
      guard let answer = try? JSONDecoder().decode(Self.self, from: Data(response.body)) else { return nil }
      self = answer
    }

    /// The error that it tells; nil if it tells none.
    ///
    /// - Parameter secret: what the request had to prove itself with.
    func error(without secret: String?) -> String? {
      guard let code = code ?? lowerCode, code != "Success" else { return nil }
      let scrubber = SecretScrubber([secret ?? ""])
      let said = (message ?? lowerMessage).map { ": \(scrubber.scrub($0).cut(toBytes: 512))" } ?? ""
      return scrubber.scrub(code).cut(toBytes: 128) + said
    }
  }

  /// What an answer without credentials says; nothing if that is no JSON.
  static func error(_ response: HTTPResponse, secret: String?) -> String {
    Answer(response)?.error(without: secret).map { ": " + $0 } ?? ""
  }

  /// The credentials of an answer.
  ///
  /// - Parameter secret: what the request had to prove itself with; no error shows it.
  static func credentials(
    _ response: HTTPResponse, _ name: String, secret: String?
  ) throws(CredentialsError) -> Credentials {
    guard let answer = Answer(response) else {
      throw CredentialsError(.sourceFailed, "\(name): the answer is not JSON")
    }
    // An error can come with status 200.
    if let error = answer.error(without: secret) { throw CredentialsError(.sourceFailed, "\(name): \(error)") }
    let expiration = answer.expiration.flatMap(Timestamp.init(iso8601:))
    guard answer.expiration == nil || expiration != nil else {
      throw CredentialsError(.sourceFailed, "\(name): the answer's Expiration is not a time")
    }
    do {
      return try Credentials(
        answered: answer.accessKeyID, answer.secretAccessKey, answer.token, expiration: expiration)
    } catch {
      throw CredentialsError(.sourceFailed, "\(name): \(error)")
    }
  }
}
