/// Paths that a distribution's caches forget.
package struct Invalidation: Sendable, Equatable {
  package var id: String
  /// `InProgress` or `Completed`.
  package var status: String

  package init(id: String, status: String) {
    self.id = id
    self.status = status
  }

  package var isCompleted: Bool { status == "Completed" }

  init(_ response: HTTPResponse) throws(XMLError) {
    let invalidation = try XMLElement(parsing: response.body, root: "Invalidation")
    guard let id = invalidation["Id"]?.text, !id.isEmpty else { throw .invalid("an invalidation without an ID") }
    self.init(id: id, status: invalidation["Status"]?.text ?? "")
  }
}

extension AWSClient {
  /// CloudFront's CreateInvalidation. The same reference with the same paths is the same invalidation, so that it may be
  /// repeated; with other paths it is refused (`InvalidationBatchAlreadyExists`). Needs `cloudfront:CreateInvalidation`.
  /// The client must be CloudFront's.
  ///
  /// - Parameters:
  ///   - paths: percent-encoded, each beginning with a slash; only the last character may be `*`.
  ///   - reference: the CallerReference.
  package func createInvalidation(
    of distribution: String, paths: [String], reference: String
  ) async throws(AWSError) -> Invalidation {
    var document = XMLWriter()
    document.element(
      "InvalidationBatch", attributes: " xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\""
    ) { document in
      document.element("Paths") { document in
        document.element("Quantity", text: "\(paths.count)")
        document.element("Items") { document in
          for path in paths { document.element("Path", text: path) }
        }
      }
      document.element("CallerReference", text: reference)
    }
    var operation = AWSOperation(
      "CreateInvalidation", .post, path: Self.path(ofDistribution: distribution),
      headers: [("Content-Type", "application/xml")], document: document
    ) { response throws(XMLError) in try Invalidation(response) }
    operation.repetition = .always
    operation.maximumResponseBytes = 4 << 20
    return try await run(operation)
  }

  /// CloudFront's GetInvalidation. Needs `cloudfront:GetInvalidation`. The client must be CloudFront's.
  package func invalidation(_ id: String, of distribution: String) async throws(AWSError) -> Invalidation {
    var operation = AWSOperation(
      "GetInvalidation", path: Self.path(ofDistribution: distribution) + "/" + PercentEncoding.encode(id)
    ) { response throws(XMLError) in try Invalidation(response) }
    operation.maximumResponseBytes = 4 << 20
    return try await run(operation)
  }

  private static func path(ofDistribution id: String) -> String {
    "/2020-05-31/distribution/" + PercentEncoding.encode(id) + "/invalidation"
  }
}
