@testable import AWSKit

/// What became of a document; an `XMLError` without its wording.
enum XMLVerdict: Equatable {
  case fine
  case malformed
  case unexpectedRoot(String)
  case invalid

  init(_ read: () throws(XMLError) -> Void) {
    do {
      try read()
      self = .fine
    } catch {
      self.init(error)
    }
  }

  init(_ error: XMLError) {
    switch error {
    case .malformed: self = .malformed
    case .unexpectedRoot(let name): self = .unexpectedRoot(name)
    case .invalid: self = .invalid
    }
  }
}
