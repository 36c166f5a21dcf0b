internal import AWSKit

/// The request, the distribution and the edge.
extension AccessDecision {
  // MARK: request

  func request() -> LayerReport {
    var report = LayerReport(.request, .allows)
    report.evidence = [facts.existence.evidence].compactMap(\.self)
    switch facts.existence {
    case .known(.present, _): report.remarks.append(.present)
    case .known(.deleteMarker, _):
      report.deny(.deleteMarker)
    case .known(.missing(let hints), _):
      report.deny(.missingKey)
      if hints.isFolder || facts.key.bytes.last == UInt8(ascii: "/") || hints.indexDocument != nil {
        report.add(.directoryKey)
        report.remarks.append(.folder(index: hints.indexDocument))
      }
    case .hidden(let evidence, let sight):
      report.hide(sight)
      report.evidence = [evidence]
    case .notAsked: if facts.key.bytes.isEmpty { report.verdict = .notApplicable }
    }
    judgePayer(&report)
    if subject.originAccessIdentity != nil, Self.regionsWithoutOAI.contains(facts.region) {
      report.deny(.regionWithoutOAI)
    }
    return report
  }

  /// The bucket owner pays anyway.
  private func judgePayer(_ report: inout LayerReport) {
    switch facts.payer {
    case .known(.requester?, let evidence):
      report.evidence += [evidence].compactMap(\.self)
      guard isOfBucketOwner != .yes else { return }
      report.deny(.requesterPays)
      if subject.caller.isOfAccount { report.remarks.append(.sentByRequester) }
    case .hidden(let evidence, let sight):
      report.evidence.append(evidence)
      // Somebody who gets the object need not have agreed to pay.
      guard report.verdict != .denies, isOfBucketOwner != .yes, !isProvenAllowed else { return }
      report.hide(sight)
    case .known, .notAsked: return
    }
  }

  /// The Regions that were launched after December 2022 (CloudFront Developer Guide: "Restrict access to an Amazon S3
  /// origin", origin access identity).
  private static let regionsWithoutOAI: Set<String> = [
    "ap-southeast-4", "il-central-1", "ca-west-1", "ap-southeast-5", "ap-southeast-7", "mx-central-1", "ap-east-2",
    "ap-southeast-6",
  ]

  // MARK: distribution

  func distribution() -> LayerReport {
    switch facts.route {
    case .notAsked: return LayerReport(.distribution, .notApplicable)
    case .hidden(let evidence, let sight):
      return LayerReport(.distribution, .unknown, [.notVisible], [.hidden(sight)], [evidence])
    case .known(let route, let evidence):
      var report = LayerReport(.distribution, .allows, [], [.domain(route.distribution.domainName)], [evidence])
      judge(route, &report)
      if report.verdict != .denies { for sight in route.hidden { report.hide(sight) } }
      return report
    }
  }

  private func judge(_ route: AccessFacts.Route, _ report: inout LayerReport) {
    let distribution = route.distribution
    if !distribution.isEnabled { report.deny(.distributionDisabled) }
    // Its tenants read as it does, by host names of their own.
    if !route.hasHost || distribution.isTenantOnly && facts.url != nil { report.deny(.aliasMissing) }
    if route.isRoot, distribution.defaultRootObject.isEmpty {
      report.deny(.defaultRootObject)
      report.remarks.append(.isRoot)
    }
    guard let origin = route.origin, route.originKind != .other else {
      let isDistribution = route.origin?.domainName.lowercased().hasSuffix(".cloudfront.net") ?? false
      report.deny(isDistribution ? .stackedDistribution : .otherBucket)
      if let origin = route.origin { report.remarks.append(.domain(origin.domainName)) }
      return
    }
    if case .known(.missing(let hints), _) = facts.existence, let key = hints.withoutOriginPath {
      report.deny(.originPath)
      report.remarks.append(.withoutOriginPath(key))
    }
    report.remarks.append(.originReads(origin.domainName))
    /// Denies if the reader that results is refused, else only says so.
    func weigh(_ reason: AccessReason) {
      if isRefused { report.deny(reason) } else { report.mention(reason) }
    }
    if route.originKind == .website {
      weigh(.websiteEndpoint)
    } else if origin.originAccessControl != nil, route.signing == .never {
      weigh(.oacNeverSigns)
    } else if origin.originAccessIdentity == nil, origin.originAccessControl == nil {
      weigh(.oaiNotOnOrigin)
    }
    if route.originKind == .bucket, route.originRegion == nil, facts.region != "us-east-1",
      origin.domainName.lowercased().hasSuffix(".s3.amazonaws.com")
    {
      let isRedirected = facts.probes.contains { $0.identity == .viewer && $0.status == 307 }
      if isRedirected { report.deny(.globalEndpoint) } else { report.mention(.globalEndpoint) }
    }
    if let forwarded = route.forwardedHeaders {
      if forwarded.contains("host") { report.deny(.hostForwarded) }
      if forwarded.contains("authorization"), origin.originAccessIdentity == nil, route.signing != .always {
        report.mention(.authorizationForwarded)
      }
    }
    let pages = distribution.customErrorResponses.filter { $0.pagePath != nil && [403, 404].contains($0.errorCode) }
    if !pages.isEmpty {
      report.mention(.customErrorPage)
      report.remarks.append(.errorPages(pages.map(\.errorCode)))
    }
  }

  // MARK: edge

  /// Edge rules judge viewers: only a URL that was asked for can be refused by them.
  func edge() -> LayerReport {
    guard let route = facts.route.value, subject.distribution != nil else { return LayerReport(.edge, .notApplicable) }
    let probe = facts.probes.last { $0.identity == .viewer }
    var report = LayerReport(.edge, facts.url == nil ? .note : .allows, [], [], [facts.route.evidence])
    let distribution = route.distribution
    let said = probe.map { $0.isError && $0.answeredBy == .edge ? $0.message.lowercased() : "" } ?? ""
    func weigh(_ reason: AccessReason, _ isRefused: Bool) {
      if isRefused, facts.url != nil { report.deny(reason) } else { report.mention(reason) }
    }
    if let behavior = route.behavior {
      if let url = facts.url, url.scheme == .http, behavior.viewerProtocol != .all {
        report.remarks.append(.viewerProtocol(behavior.viewerProtocol.rawValue))
        weigh(.viewerProtocol, behavior.viewerProtocol == .httpsOnly)
      }
      if behavior.demandsSignature {
        let isSigned = facts.url?.query?.contains("Key-Pair-Id=") ?? false
        weigh(
          .signedURLRequired,
          !isSigned || said.contains("key") || probe?.code == "InvalidKey"
            || probe?.code == "AccessDenied" && probe?.answeredBy == .edge)
      }
      if !behavior.functions.isEmpty {
        report.remarks.append(.functions(behavior.functions.map(\.arn)))
        // `FunctionGeneratedResponse`, `LambdaGeneratedResponse`; `FunctionExecutionError`, `LambdaValidationError`, …
        let isAnswer = ["Function", "Lambda"].contains { probe?.cacheStatus?.hasPrefix($0) ?? false }
        weigh(.edgeFunction, isAnswer && probe?.isError ?? false)
      }
    }
    if distribution.geoRestriction.kind != .none {
      report.remarks.append(
        .countries(allowed: distribution.geoRestriction.kind == .allowed, distribution.geoRestriction.countries))
      weigh(.geoRestriction, said.contains("block access from your country"))
    }
    if let webACL = distribution.webACL {
      report.remarks.append(.webACL(webACL))
      weigh(.webACL, said.hasPrefix("request blocked"))
    }
    judgeCache(probe, &report)
    if !said.isEmpty, let probe { report.remarks.append(.said(probe.message)) }
    return report
  }

  /// An error that the edge keeps is refused to all viewers, also once the origin would give the object.
  private func judgeCache(_ probe: Probe?, _ report: inout LayerReport) {
    guard let probe, probe.isError, probe.ageSeconds ?? 0 > 0, facts.url != nil else { return }
    // The error may be one that the origin would still answer.
    if isLetIn == .yes, policyDenies == .no, request().verdict != .denies {
      report.deny(.cachedError)
    } else {
      report.mention(.cachedError)
    }
  }
}
