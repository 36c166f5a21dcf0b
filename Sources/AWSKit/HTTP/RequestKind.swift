/// The kinds of requests that are limited separately.
///
/// S3 limits reads and writes separately for each prefix: 5,500 GET and HEAD, and 3,500 PUT, COPY, POST and DELETE
/// requests a second (S3 User Guide, "Best practices design patterns"). Pages of a listing count as reads, but take so
/// much longer that a server that is slow with the one may be fast with the other.
package enum RequestKind: Int, Sendable, CaseIterable {
  case read
  case write
  case page

  init(_ method: HTTPMethod) {
    switch method {
    case .get, .head: self = .read
    case .put, .post, .delete: self = .write
    }
  }
}
