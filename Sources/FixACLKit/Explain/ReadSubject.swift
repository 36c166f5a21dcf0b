internal import AWSKit

/// The identity that reads an object.
package struct ReadSubject: Sendable, Equatable {
  /// Where a subject is named.
  package enum Source: String, Sendable {
    case bucketPolicy = "bucket-policy"
    case distribution, oai, id, principal, anonymous
  }

  package var source: Source
  package var caller: PolicyCaller
  /// The statement of the bucket policy that allows it.
  package var statement: String?
  /// The distribution that reads as this subject.
  package var distribution: String?
  /// The distribution's ARN, for a service.
  package var sourceARN: String?
  /// The account that a service acts for, if that is all that is known.
  package var sourceAccount: String?

  package init(
    _ source: Source, _ caller: PolicyCaller, statement: String? = nil, distribution: String? = nil,
    sourceARN: String? = nil
  ) {
    self.source = source
    self.caller = caller
    self.statement = statement
    self.distribution = distribution
    self.sourceARN = sourceARN
  }

  package var isService: Bool {
    if case .service = caller.kind { true } else { false }
  }

  package var originAccessIdentity: String? {
    if case .originAccessIdentity(let id) = caller.kind { id } else { nil }
  }

  package var principal: PrincipalARN? {
    if case .principal(let arn) = caller.kind { arn } else { nil }
  }

  /// Whether CloudFront sends the request.
  package var isCloudFront: Bool { originAccessIdentity != nil || isService || distribution != nil }
}

extension ReadSubject: JSONWritable {
  /// As a plan writes its readers, with members for readers that no plan can have.
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("source", source.rawValue)
      json.member("statement", statement)
      json.member("distribution", distribution)
      json.member("oai", originAccessIdentity)
      switch caller.kind {
      case .service(let name):
        json.member("service", name)
        json.name("sources")
        ((sourceARN ?? sourceAccount).map { [$0] } ?? []).write(to: &json)
      case .principal(let arn): json.member("principal", arn.text)
      case .anonymous: json.member("anonymous", true)
      case .originAccessIdentity, .account:
        json.member("id", caller.canonicalID?.value)
        json.member("permission", Permission.read.rawValue)
      }
    }
  }
}
