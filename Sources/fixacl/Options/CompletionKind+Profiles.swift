internal import AWSKit
internal import ArgumentParser

extension CompletionKind {
  /// The profiles in the AWS CLI's files: read by fixacl itself, when somebody presses Tab.
  static var profiles: CompletionKind {
    // Files that cannot be read have no names; a message would tear the line that is being typed.
    .custom { _, _, _ in (try? AWSEnvironment.current().profileNames()) ?? [] }
  }
}
