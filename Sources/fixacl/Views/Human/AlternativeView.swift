internal import FixACLKit
internal import AWSKit

/// The one-call alternative for people.
enum AlternativeView {
  /// A paragraph, and commands to type.
  struct Paragraph {
    let text: String
    var commands: [String] = []
  }

  /// The messages for stderr.
  static func messages(for alternative: OwnershipAlternative, of header: PlanHeader) -> [Message] {
    paragraphs(for: alternative, of: header).map {
      Message(.note, "alternative", $0.text, commands: $0.commands)
    }
  }

  /// What the setting does, how to make it, and who would lose access.
  static func paragraphs(for alternative: OwnershipAlternative, of header: PlanHeader) -> [Paragraph] {
    let foreign = Quantity.count(alternative.fixes, "object")
    var setting =
      "instead, one setting gives the bucket owner "
      + (alternative.isPartial
        ? "every object in the whole bucket at once" : "all \(foreign) of other accounts at once")
      + ", and disables ACLs (Object Ownership BucketOwnerEnforced)"
    if alternative.isPartial {
      setting += ". \(foreign) of other accounts \(alternative.fixes == 1 ? "is" : "are") in the part that was scanned"
    }
    if !alternative.isPossibleNow {
      setting += ". S3 refuses it while the bucket's own ACL grants access to others, so empty that ACL first"
    }
    var paragraphs = [Paragraph(text: setting + ":", commands: alternative.commands.map(\.escapedForTerminal))]
    let readers =
      switch alternative.allowsReaders {
      case true?:
        (alternative.isPartial ? "for this part, " : "") + "the bucket policy already allows every reader."
      case false?:
        "the bucket policy does not allow every reader yet. Change it first, or they lose access."
      case nil:
        "fixacl could not read the bucket policy. Readers that it does not allow would lose access."
      }
    paragraphs.append(Paragraph(text: readers))
    if alternative.affectedCount > 0 {
      let named = alternative.affected.map { affected in
        "\(PlanView.name(affected.grantee, of: header)) (\(Quantity.count(affected.objects, "object")))"
      }
      let rest = alternative.affectedCount - alternative.affected.count
      paragraphs.append(
        Paragraph(
          text:
            "by the ACLs that fixacl read\(alternative.isPartial ? " in this part" : ""), these would lose access unless"
            + " the bucket policy allows them: " + named.joined(separator: ", ")
            + (rest > 0 ? " and \(Quantity.count(rest)) more." : ".")))
    }
    if alternative.isPartial {
      paragraphs.append(
        Paragraph(
          text:
            "fixacl cannot tell who would lose access to the rest of the bucket. To find out, plan the whole"
            + " bucket."))
    }
    return paragraphs
  }

  /// Further consequences, as whole sentences.
  static func consequences(for header: PlanHeader) -> [String] {
    [
      "Uploads with another ACL than bucket-owner-full-control then fail (AccessControlListNotSupported).",
      "Grants on the bucket owner's own objects end too."
        + (header.desired.looksAtOwn ? "" : " fixacl did not read their ACLs."),
      "Switching back restores the old owners and ACLs.",
    ]
  }
}
