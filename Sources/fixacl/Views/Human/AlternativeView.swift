internal import FixACLKit
internal import AWSKit

/// The one-call alternative for people.
enum AlternativeView {
  /// The same for stderr: lines to be typed stand without a word, so that they can be copied.
  static func messages(for alternative: OwnershipAlternative) -> [Message] {
    lines(for: alternative).map { line in
      var message = Message(.note, "alternative", line)
      message.isCommand = line.hasPrefix("  ")
      return message
    }
  }

  /// Lines that stand for themselves; what is to be typed is indented.
  static func lines(for alternative: OwnershipAlternative) -> [String] {
    let setting =
      alternative.isPartial
      ? "Instead, one setting gives the bucket owner every object of other accounts in the whole bucket at once, of which"
        + " \(Quantity.count(alternative.fixes, "object")) are in the part that was scanned,"
      : "Instead, one setting gives the bucket owner all \(Quantity.count(alternative.fixes, "object")) of other accounts"
        + " at once,"
    var lines = [
      setting + " and switches ACLs off (Object Ownership BucketOwnerEnforced)"
        + (alternative.isPossibleNow
          ? ":" : "; it is refused as long as the bucket's ACL grants others something, so first empty that:")
    ]
    lines += alternative.commands.map { "  " + $0.escapedForTerminal }
    switch alternative.letsReadersIn {
    case true?:
      lines.append(
        alternative.isPartial
          ? "The bucket policy lets every reader in already to the part that was scanned."
          : "The bucket policy lets every reader in already.")
    case false?:
      lines.append("The bucket policy does not let every reader in yet: change it before, or they are locked out.")
    case nil:
      lines.append("Whether the bucket policy lets the readers in is not known; without it they are locked out.")
    }
    if alternative.affectedCount > 0 {
      let named = alternative.affected.map { loser in
        "\(name(loser.grantee)) (\(Quantity.count(loser.objects, "object")))"
      }
      let rest = alternative.affectedCount - alternative.affected.count
      lines.append(
        "By the ACLs that were read\(alternative.isPartial ? ", of this part only" : ""), these would lose access unless the policy lets them in: "
          + named.joined(separator: ", ") + (rest > 0 ? " and \(Quantity.count(rest)) more." : "."))
    }
    if alternative.isPartial {
      lines.append(
        "Who would lose access to the rest of the bucket is not known: plan the whole bucket to find out.")
    }
    return lines
  }

  private static func name(_ grantee: Grantee) -> String {
    switch grantee {
    case .allUsers: "AllUsers"
    case .authenticatedUsers: "AuthenticatedUsers"
    default: grantee.identifier.escapedForTerminal
    }
  }
}
