/// The two kinds of requests that S3 limits separately for each prefix: 5,500 GET and HEAD, and 3,500 PUT, COPY, POST
/// and DELETE requests a second (S3 User Guide, "Best practices design patterns").
package enum RequestKind: Int, Sendable, CaseIterable {
  case read
  case write

  init(_ method: HTTPMethod) {
    switch method {
    case .get, .head: self = .read
    case .put, .post, .delete: self = .write
    }
  }
}
