extension AWSClient {
  /// ListObjectAnnotations: whether an object has annotations, which a copy in parts does not take over. Needs
  /// `s3:ListObjectAnnotations`.
  ///
  /// A server that does not know them has none. It may answer with the object itself, of which no more than a byte is
  /// asked for, or that it does not do this. Amazon's servers do: there, only a list says that there are none.
  ///
  /// - Parameter head: the object's headers.
  package func hasAnnotations(
    bucket: String, key: ObjectKey, _ head: ObjectHead
  ) async throws(AWSError) -> Bool {
    let operation = AWSOperation(
      "ListObjectAnnotations", bucket: bucket, key: key,
      query: [("annotation", ""), ("max-annotation-results", "1")], headers: [("Range", "bytes=0-0")]
    ) { response throws(XMLError) in
      do throws(XMLError) {
        return try Self.hasAnnotations(response.body)
      } catch .unexpectedRoot("Error") {
        throw .unexpectedRoot("Error")
      } catch {
        guard response.isObject(head) else { throw error }
        return false
      }
    }
    do {
      return try await run(operation)
    } catch {
      guard !endpoint.isAmazons, error.meansUnknownOperation else { throw error }
      return false
    }
  }

  /// - Parameter body: the list. Its root is not in AWS's model, and servers have either name.
  private static func hasAnnotations(_ body: [UInt8]) throws(XMLError) -> Bool {
    let list: XMLElement
    do throws(XMLError) {
      list = try XMLElement(parsing: body, root: "ListObjectAnnotationsResult")
    } catch .unexpectedRoot("ListObjectAnnotationsOutput") {
      list = try XMLElement(parsing: body, root: "ListObjectAnnotationsOutput")
    }
    let count = list["AnnotationCount"].flatMap { Int($0.text) }
    let entries = list["Annotations"]?.children.count
    guard count != nil || entries != nil else {
      throw .invalid("a list of annotations without annotations or their number")
    }
    return (count ?? 0) > 0 || (entries ?? 0) > 0 || !(list["NextContinuationToken"]?.text ?? "").isEmpty
  }
}

extension HTTPResponse {
  /// Whether the body is of the object: as its only document, an object comes with its ETag.
  fileprivate func isObject(_ head: ObjectHead) -> Bool {
    let etag = (headers["etag"] ?? "").utf8.filter { $0 != UInt8(ascii: "\"") }
    return etag.elementsEqual(head.etag.utf8)
  }
}

extension AWSError {
  /// Whether a server says that it does not do what it was asked for.
  fileprivate var meansUnknownOperation: Bool {
    guard kind == .service, !refusesCredentials else { return false }
    switch status {
    case 405, 501: return true
    case 400: return ["InvalidArgument", "InvalidRequest", "MethodNotAllowed", "NotImplemented"].contains(code)
    default: return false
    }
  }
}
