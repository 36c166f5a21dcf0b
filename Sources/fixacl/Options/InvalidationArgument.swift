internal import ArgumentParser
internal import FixACLKit

/// What `--invalidate` names: the readers' distributions, none, or one.
enum InvalidationArgument: Equatable {
  case auto
  case none
  case distribution(CloudFrontID)

  init(_ argument: String) throws(ValidationError) {
    switch argument {
    case "auto": self = .auto
    case "none": self = .none
    default: self = .distribution(try CloudFrontID(distribution: argument))
    }
  }

  /// What all of a command line's ask for together; nil for nothing.
  static func request(
    _ arguments: [InvalidationArgument], waits: Bool
  ) throws(ValidationError) -> InvalidationRequest? {
    var ids: [String] = []
    for case .distribution(let distribution) in arguments { ids.append(distribution.id) }
    guard ids.count == arguments.count else {
      guard arguments.count == 1 else {
        throw ValidationError("--invalidate auto and --invalidate none stand alone.")
      }
      return arguments.first == .auto ? InvalidationRequest(.readers, waits: waits) : nil
    }
    return ids.isEmpty ? nil : InvalidationRequest(.named(ids), waits: waits)
  }
}
