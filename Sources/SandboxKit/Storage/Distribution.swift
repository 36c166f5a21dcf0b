internal import AWSKit

/// A distribution: how CloudFront answers viewers, and from which origins.
struct Distribution: Sendable, Identifiable {
  /// Where a distribution gets its objects.
  struct Origin: Sendable, Identifiable {
    /// What CloudFront reads the origin as.
    enum Access: Sendable, Hashable {
      case anonymous
      /// An origin access identity, by its ID.
      case identity(String)
      /// An origin access control, by its ID.
      case control(String)
    }

    let id: String
    let domainName: String
    /// Put before each path; begins with a slash unless it is empty.
    let path: String
    let access: Access

    /// The bucket of an S3 origin; nil for others, such as a bucket's website endpoint.
    var bucketName: String? {
      guard domainName.hasSuffix(".amazonaws.com") else { return nil }
      let labels = domainName.split(separator: ".").dropLast(2)
      // `s3`, `s3.REGION` or the old `s3-REGION` follows the bucket's name, which may have dots of its own.
      guard let service = labels.lastIndex(where: { $0 == "s3" || $0.hasPrefix("s3-") }), service > 0,
        !labels[service].hasPrefix("s3-website")
      else { return nil }
      return labels[..<service].joined(separator: ".")
    }
  }

  let id: String
  /// Of the account that it belongs to.
  let accountID: String
  let etag: String
  let lastModified: Timestamp
  var origins: [Origin] = []
  /// The elements of the configuration: those that came, and those that CloudFront adds.
  let config: [XMLNode]

  init(id: String, accountID: String, etag: String, lastModified: Timestamp, config: XMLNode) {
    self.id = id
    self.accountID = accountID
    self.etag = etag
    self.lastModified = lastModified
    self.config = config.children + Self.defaults.filter { config[$0.name] == nil }
  }

  subscript(name: String) -> XMLNode? { config.first { $0.name == name } }

  var arn: String { "arn:aws:cloudfront::\(accountID):distribution/\(id)" }

  var domainName: String { "d\(id.dropFirst().lowercased()).cloudfront.net" }

  var isEnabled: Bool { self["Enabled"]?.text == "true" }

  var callerReference: String { self["CallerReference"]?.text ?? "" }

  /// What a configuration has where nothing else is said.
  private static let defaults: [XMLNode] = {
    let text = """
      <Defaults><Aliases><Quantity>0</Quantity></Aliases><DefaultRootObject/>\
      <CacheBehaviors><Quantity>0</Quantity></CacheBehaviors>\
      <CustomErrorResponses><Quantity>0</Quantity></CustomErrorResponses><OriginGroups><Quantity>0</Quantity></OriginGroups>\
      <Logging><Enabled>false</Enabled><IncludeCookies>false</IncludeCookies><Bucket/><Prefix/></Logging>\
      <PriceClass>PriceClass_All</PriceClass><ViewerCertificate><CloudFrontDefaultCertificate>true\
      </CloudFrontDefaultCertificate><MinimumProtocolVersion>TLSv1</MinimumProtocolVersion>\
      <CertificateSource>cloudfront</CertificateSource></ViewerCertificate><Restrictions><GeoRestriction>\
      <RestrictionType>none</RestrictionType><Quantity>0</Quantity></GeoRestriction></Restrictions><WebACLId/>\
      <HttpVersion>http2</HttpVersion><IsIPV6Enabled>false</IsIPV6Enabled><Staging>false</Staging></Defaults>
      """
    return (try? XMLNode(parsing: Array(text.utf8), root: "Defaults"))?.children ?? []
  }()

  // MARK: Documents

  func write(to writer: inout DocumentWriter) {
    writeState(to: &writer)
    writer.element("InProgressInvalidationBatches", text: "0")
    writer.element("DomainName", text: domainName)
    for name in ["ActiveTrustedSigners", "ActiveTrustedKeyGroups"] {
      writer.element(name) { writer in
        writer.element("Enabled", text: "false")
        writer.element("Quantity", text: "0")
      }
    }
    writer.element("DistributionConfig", writeConfig)
  }

  func writeConfig(to writer: inout DocumentWriter) {
    for element in config { writer.element(element) }
  }

  /// As lists have it.
  func writeSummary(to writer: inout DocumentWriter) {
    let leftOut = ["CallerReference", "DefaultRootObject", "Logging", "ContinuousDeploymentPolicyId"]
    writer.element("DistributionSummary") { writer in
      writeState(to: &writer)
      writer.element("ETag", text: etag)
      writer.element("DomainName", text: domainName)
      for element in config where !leftOut.contains(element.name) { writer.element(element) }
    }
  }

  private func writeState(to writer: inout DocumentWriter) {
    writer.element("Id", text: id)
    writer.element("ARN", text: arn)
    writer.element("Status", text: "Deployed")
    writer.element("LastModifiedTime", text: lastModified.s3Date)
  }
}

extension XMLNode {
  /// Whether each `Quantity` in it is the number of the `Items` beside it.
  var hasConsistentQuantities: Bool {
    if let quantity = self["Quantity"], Int(quantity.text) != self["Items"]?.children.count ?? 0 { return false }
    return children.allSatisfy(\.hasConsistentQuantities)
  }
}
