internal import FixACLKit
internal import AWSKit

/// What uploads have to carry from now on, for people.
enum UploadFixView {
  /// The most accounts that are named.
  private static let maximumNamed = 3

  static func messages(for fix: UploadFix) -> [Message] {
    let names = fix.uploaders.prefix(maximumNamed).map { "account \(PlanView.shortened($0))" }
    let rest = fix.uploaders.count - names.count
    let uploaders = (names + (rest > 0 ? [Quantity.count(rest, "more account")] : [])).joined(separator: ", ")
    return [setting(fix, uploaders: uploaders), demand(fix)]
  }

  private static func setting(_ fix: UploadFix, uploaders: String) -> Message {
    let options = fix.options.joined(separator: " ")
    switch fix.means {
    case .ownership:
      return message(
        "to fix the upload path, have \(uploaders) upload with \(options) (header"
          + " \(fix.headers.joined(separator: ", "))). "
          + (fix.ownershipCommand == nil
            ? "Object Ownership is BucketOwnerPreferred, so the bucket owner then owns new objects."
            : "The bucket owner then owns new objects, if Object Ownership is BucketOwnerPreferred:"),
        commands: fix.ownershipCommand.map { [$0] } ?? [])
    case .grants:
      return message(
        "to fix the upload path, have \(uploaders) upload with these options (headers x-amz-grant-read and"
          + " x-amz-grant-full-control). The bucket policy does not allow every reader"
          + (fix.uploaders.count > 1
            ? ", so each uploader grants READ. The first ID of --grant-full-control is the uploader's own:"
            : ", so the uploader grants READ:"),
        commands: [options])
    }
  }

  private static func demand(_ fix: UploadFix) -> Message {
    guard let command = fix.policyCommand else {
      return message(
        "once they do, add this statement to the bucket policy, which fixacl could not read. It refuses all their other"
          + " uploads:", commands: [fix.statement])
    }
    return message(
      "once they do, have the bucket policy refuse all their other uploads:", commands: [command])
  }

  private static func message(_ text: String, commands: [String]) -> Message {
    Message(.note, "uploads", text, commands: commands)
  }
}
