internal import AWSKit

extension PolicyDocument.Condition {
  /// The operator in lower case, without the prefixes `ForAnyValue:` and `ForAllValues:` and the suffix `IfExists`.
  var base: String {
    var text = comparison.lowercased()[...]
    for prefix in ["foranyvalue:", "forallvalues:"] where text.hasPrefix(prefix) { text.removeFirst(prefix.count) }
    if text.hasSuffix("ifexists") { text.removeLast("ifexists".count) }
    return String(text)
  }

  private static let equalities: Set<String> = [
    "stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike",
  ]

  /// Whether it compares for equality or likeness, not negated.
  var isEquality: Bool { Self.equalities.contains(base) }

  /// Whether it holds only for requests without TLS, which no reader sends.
  package var isAboutPlainHTTP: Bool {
    key == "aws:securetransport" && base == "bool" && values.allSatisfy { $0.lowercased() == "false" }
  }

  /// Whether it restricts the resource or account that a service acts for.
  package var namesSource: Bool { ["aws:sourcearn", "aws:sourceaccount"].contains(key) && isEquality }

  /// Whether a request that CloudFront signs for an origin access control meets the condition, or the condition only
  /// restricts for which distributions or accounts CloudFront may ask (CloudFront Developer Guide, "Restrict access to
  /// an Amazon S3 origin"; IAM User Guide, "Global condition context keys").
  package var isMetByCloudFront: Bool {
    func isTrue() -> Bool { base == "bool" && values.contains { $0.lowercased() == "true" } }
    switch key {
    case "aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths":
      return isEquality || base == "null" && values.allSatisfy { $0.lowercased() == "false" }
    case "aws:securetransport", "aws:principalisawsservice": return isTrue()
    case "aws:principalservicename", "aws:principalservicenameslist":
      return isEquality && fits(PolicyPrincipal.cloudFrontService)
    case "s3:authtype": return isEquality && fits("REST-HEADER")
    case "s3:signatureversion": return isEquality && fits("AWS4-HMAC-SHA256")
    default: return false
    }
  }

  private func fits(_ value: String) -> Bool {
    values.contains { PolicyPattern($0, ignoresCase: true).matches(Array(value.lowercased().utf8)) }
  }

  /// Whether it holds for a request of the repair.
  ///
  /// - Parameters:
  ///   - action: in lower case, such as `s3:putobject`.
  ///   - usesTLS: whether requests go over `https`.
  func truth(forRepairBy action: String, usesTLS: Bool) -> Truth {
    if key == "aws:securetransport", base == "bool" {
      let wanted = values.map { $0.lowercased() == "true" }
      return wanted.contains(usesTLS) ? .yes : .no
    }
    // Grants are sent individually, as headers with a copy and as a document for an object; never as a canned ACL.
    if key == "s3:x-amz-acl" { return truthOfMissing }
    if key.hasPrefix("s3:x-amz-grant-"), action != "s3:putobject" { return truthOfMissing }
    // A copy gives the bucket owner FULL_CONTROL.
    if key == "s3:x-amz-grant-full-control", base == "null" { return values.contains("false") ? .yes : .no }
    return .unknown
  }

  /// The verdict for a key that the request does not have: negated operators hold.
  private var truthOfMissing: Truth {
    if base == "null" { return values.contains { $0.lowercased() == "true" } ? .yes : .no }
    if base.hasPrefix("stringnot") || base.hasPrefix("arnnot") { return .yes }
    let comparison = comparison.lowercased()
    return comparison.hasSuffix("ifexists") || comparison.hasPrefix("forallvalues:") ? .yes : .no
  }
}
