internal import FixACLKit
internal import AWSKit

extension AccessReason {
  /// What it means: a sentence without its full stop.
  var explanation: String {
    switch self {
    case .missingKey: "the key does not exist. S3 answers 403, not 404, to a reader without s3:ListBucket"
    case .deleteMarker: "the version is a delete marker: the object was deleted"
    case .defaultRootObject: "the URL is the distribution itself, and it has no default root object"
    case .directoryKey: "the path ends like a folder, and S3 has no index documents for those"
    case .foreignOwner:
      "another account owns the object, so the bucket policy's Allows do not apply to it"
    case .readerNotInACL: "the object's ACL does not allow the reader"
    case .noAllow: "no statement allows the reader"
    case .explicitDeny: "a statement denies the reader, which overrides every Allow and every ACL"
    case .conditionNotMet: "a statement allows the reader under a Condition that this request does not meet"
    case .oaiNotOnOrigin: "the origin has neither an OAI nor an origin access control, so CloudFront reads anonymously"
    case .oaiMismatch: "the bucket policy allows another OAI than the distribution reads with"
    case .oaiGone: "the bucket policy allows an OAI that no longer exists"
    case .oacNotInPolicy: "the bucket policy does not allow cloudfront.amazonaws.com, which the distribution reads as"
    case .oacSourceARN: "the bucket policy allows CloudFront for another distribution or account only"
    case .oacNeverSigns: "the origin access control never signs, so CloudFront reads anonymously"
    case .kmsOAI: "the object is encrypted with a KMS key, which no OAI can use"
    case .kmsAnonymous: "the object is encrypted with a KMS key, which only signed requests can use"
    case .kmsKeyPolicy: "the KMS key does not let the reader decrypt"
    case .websiteEndpoint:
      "the origin is the bucket's website endpoint, which supports neither an OAI nor an origin access control"
    case .globalEndpoint:
      "the origin is the global endpoint of a bucket in another Region, which redirects while the bucket is new"
    case .regionWithoutOAI: "OAIs do not work in this Region, which is too new for them"
    case .publicACLIgnored: "IgnorePublicAcls is on: public grants do not count, and S3 does not show them"
    case .restrictPublicBuckets:
      "RestrictPublicBuckets is on, and the bucket policy is public, so S3 allows only AWS services and the bucket owner's account"
    case .organizationPolicy: "a policy of the organization blocks it"
    case .cachedError: "the edge still has an old error in its cache"
    case .customErrorPage: "a custom error page can replace an error, with its own status"
    case .geoRestriction: "the distribution restricts the countries of its viewers"
    case .signedURLRequired: "viewers need a signed URL or signed cookies"
    case .webACL: "AWS WAF inspects viewers' requests"
    case .edgeFunction: "a function runs at the edge, which can change or refuse requests"
    case .viewerProtocol: "the distribution requires https"
    case .hostForwarded: "the viewer's Host header is forwarded, and S3 takes it for the bucket's name"
    case .authorizationForwarded:
      "a viewer's Authorization header is forwarded, and replaces CloudFront's signature"
    case .originPath: "CloudFront puts the origin path before the key, and only the key without it exists"
    case .otherBucket: "the distribution does not read this bucket on that path"
    case .stackedDistribution: "the origin is another distribution"
    case .aliasMissing: "the distribution does not have this host name"
    case .distributionDisabled: "the distribution is disabled"
    case .requesterPays: "Requester Pays is on, so each request must agree to pay"
    case .archived: "the object is archived and must be restored before it can be read"
    case .customerKey: "the object is encrypted with a customer's key (SSE-C), which each request must send"
    case .notVisible: "fixacl could not see it"
    }
  }
}

extension Sight {
  /// Who could see it, and by which right: a sentence without its full stop.
  var text: String {
    let who =
      switch holder {
      case .bucketOwner: "the bucket owner"
      case .objectOwner(let id): "the object owner\(id.map { " \(PlanView.shortened($0))" } ?? "")"
      case .distributionOwner: "the distribution's account"
      case .keyOwner: "the KMS key's account"
      case .managementAccount: "the organization's management account"
      case .account(let id): "account \(id)"
      case .nobody: ""
      }
    guard !who.isEmpty else {
      return "it depends on \(right.isEmpty ? "something" : right), and no service reveals that"
    }
    return right.isEmpty ? "\(who) could see it" : "\(who) could see it with \(right)"
  }
}

extension AccessRemark {
  /// What it says: a sentence without its full stop; nil if a reason says it.
  var text: String? {
    switch self {
    case .hidden(let sight): return sight.text
    case .present: return "the key exists"
    case .folder(let index):
      return index.map { "there is an object '\($0)'" } ?? "there are keys below it"
    case .withoutOriginPath(let key): return "there is an object '\(key)'"
    case .owner(let id, let isBucketOwner):
      return isBucketOwner ? "the bucket owner owns the object" : "account \(PlanView.shortened(id)) owns the object"
    case .bucketOwner(let id): return "account \(PlanView.shortened(id)) owns the bucket"
    case .aclsOff: return "Object Ownership is BucketOwnerEnforced: ACLs are off, and the bucket owner owns all objects"
    case .aclsCount: return "ACLs are enabled"
    case .statements(let effect, let findings):
      let names = findings.map(\.statement).joined(separator: ", ")
      let keys = Set(findings.flatMap(\.conditions).map(\.key)).sorted().joined(separator: ", ")
      let statements = "statement\(findings.count == 1 ? "" : "s") \(names)"
      let verb = findings.count == 1
      return switch effect {
      case .allow: "\(statements) allow\(verb ? "s" : "") it"
      case .deny: "\(statements) den\(verb ? "ies" : "y") it"
      case .mayAllow: "\(statements) may allow it, depending on \(keys.isEmpty ? "who it is" : keys)"
      case .mayDeny: "\(statements) may deny it, depending on \(keys.isEmpty ? "who it is" : keys)"
      case .unmetAllow: "\(statements) would allow it, but not with this request's \(keys)"
      }
    case .noPolicy: return "the bucket has no policy"
    case .wouldAllow: return "if the bucket owner owned the object, the policy would allow the reader"
    case .onlyDenies: return "for an object of another account, only Denies apply"
    case .grants(let grants):
      return "it grants "
        + grants.map { "\($0.permission.rawValue) to \($0.grantee.isPublic ? "everybody" : "the reader")" }
        .joined(separator: ", ")
    case .publicGrantsIgnored: return "its public grants are ignored"
    case .blocks(let block):
      return "\(block.settingsOn.joined(separator: ", ")) \(block.settingsOn.count == 1 ? "is" : "are") on"
    case .nothingBlocked: return "nothing is blocked"
    case .encryption(let algorithm, let id): return "encrypted with \(algorithm)\(id.map { ", key \($0)" } ?? "")"
    case .notEncrypted: return "no KMS key and no customer's key"
    case .keyState(let state): return "the key is \(state)"
    case .storageClass(let name): return "storage class \(name)"
    case .locked: return "Object Lock protects the object; it never refuses a read"
    case .notLocked: return "Object Lock never refuses a read"
    case .corsRules(let count):
      let never = "CORS never refuses a read: without a matching rule, a browser hides the answer from scripts"
      return count > 0 ? "\(Quantity.count(count, "rule")); \(never)" : never
    case .originReads(let name): return "its origin \(name)"
    case .functions(let arns): return "functions: " + arns.joined(separator: ", ")
    case .countries(let allowed, let countries):
      return "\(allowed ? "only" : "not") " + countries.joined(separator: ", ")
    case .webACL(let id): return "web ACL \(id)"
    case .errorPages(let codes): return "for " + codes.map(String.init).joined(separator: ", ")
    case .viewerProtocol(let policy): return "ViewerProtocolPolicy \(policy)"
    case .identityDecision(let decision):
      return switch decision {
      case .allowed: "its own policies allow it"
      case .explicitDeny: "its own policies deny it"
      case .implicitDeny: "its own policies do not allow it"
      }
    case .isRoot: return nil
    case .ofOwnAccount: return "the reader's account owns the object"
    case .said(let sentence): return "the answer says: \(sentence)"
    case .noOrganization: return "this server does not support organizations"
    case .sentByRequester: return "with x-amz-request-payer, the other layers decide"
    case .proofContradicts: return "but the proof below shows that the reader can read it"
    case .domain(let name): return name
    }
  }
}

extension LayerReport {
  /// Everything to say about it, as one paragraph without its last full stop.
  var detail: String {
    let explained = reasons.filter { $0 != .notVisible }.map(\.explanation)
    var texts = explained + remarks.compactMap(\.text)
    if reasons.contains(.notVisible), remarks.allSatisfy({ if case .hidden = $0 { false } else { true } }) {
      texts.append(AccessReason.notVisible.explanation)
    }
    return texts.joined(separator: "; ")
  }
}
