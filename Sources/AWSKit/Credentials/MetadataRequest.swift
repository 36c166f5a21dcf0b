internal import FoundationEssentials

/// Requests to what gives credentials to a container or an instance: small, near, without TLS, and never through a
/// proxy.
enum MetadataRequest {
  /// Sends a request, several times if no answer comes or a server's error.
  ///
  /// - Parameter name: what is asked for, for errors.
  static func send(
    _ request: HTTPRequest, attempts: Int, _ name: String, _ services: CredentialsServices
  ) async throws(CredentialsError) -> HTTPResponse {
    var attempt = 1
    while true {
      let reason: String
      do throws(TransportError) {
        let response = try await services.directTransport.send(request)
        guard response.status >= 500 || response.status == 429, attempt < attempts else { return response }
        reason = ""
      } catch {
        reason = error.message
      }
      guard attempt < attempts else {
        throw CredentialsError(
          .sourceFailed, "\(name) cannot be asked for at \(request.scheme)://\(request.authority): \(reason)")
      }
      attempt += 1
      await services.throttle.pause(seconds: 1, services.dependencies.client.sleep)
    }
  }

  /// The credentials of an answer.
  ///
  /// - Parameter secret: what the request had to prove itself with; no error shows it.
  static func credentials(
    _ response: HTTPResponse, _ name: String, secret: String?
  ) throws(CredentialsError) -> Credentials {
    struct Answer: Decodable {
      var accessKeyID, secretAccessKey, token, expiration, code, message: String?

      enum CodingKeys: String, CodingKey {
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case token = "Token"
        case expiration = "Expiration"
        case code = "Code"
        case message = "Message"
      }
    }
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(response.body)) else {
      throw CredentialsError(.sourceFailed, "\(name): the answer is not JSON")
    }
    // An error can come with status 200.
    if let code = answer.code, code != "Success" {
      let scrubber = SecretScrubber([secret ?? ""])
      let said = answer.message.map { ": \(scrubber.scrub($0).cut(toBytes: 512))" } ?? ""
      throw CredentialsError(.sourceFailed, "\(name): \(scrubber.scrub(code).cut(toBytes: 128))\(said)")
    }
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
