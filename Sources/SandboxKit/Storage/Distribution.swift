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

    /// Headers that CloudFront adds to each request to the origin.
    var customHeaders: [(name: String, value: String)] = []

    /// What a domain name leads to.
    enum Endpoint: Sendable, Hashable {
      /// S3's REST endpoint of a bucket, in a Region; the global endpoint names none.
      case bucket(String, region: String?)
      /// The website endpoint of a bucket, in a Region: it knows no signatures.
      case website(String, region: String)
      case other
    }

    /// As the S3 User Guide writes endpoints ("Virtual hosting of general purpose buckets", "Website endpoints").
    var endpoint: Endpoint {
      guard domainName.hasSuffix(".amazonaws.com") else { return .other }
      let labels = domainName.split(separator: ".").dropLast(2).map(String.init)
      // `s3`, `s3.REGION` or the old `s3-REGION` follows the bucket's name, which may have dots of its own.
      guard let service = labels.lastIndex(where: { $0 == "s3" || $0.hasPrefix("s3-") }), service > 0 else {
        return .other
      }
      let bucket = labels[..<service].joined(separator: ".")
      let rest = labels[(service + 1)...].filter { $0 != "dualstack" }
      let website = "s3-website"
      guard labels[service].hasPrefix(website) else {
        let old = labels[service] == "s3" ? nil : String(labels[service].dropFirst("s3-".count))
        return .bucket(bucket, region: rest.first ?? old)
      }
      let old = labels[service].dropFirst(website.count + 1)
      return .website(bucket, region: rest.first ?? String(old))
    }

    /// The bucket of an S3 origin; nil for others, such as a bucket's website endpoint.
    var bucketName: String? {
      if case .bucket(let name, _) = endpoint { name } else { nil }
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
    self.config = config.adding(Self.defaults).children.map { element in
      switch element.name {
      case "DefaultCacheBehavior": element.adding(Self.behaviorDefaults)
      case "CacheBehaviors": element.mappingItems { $0.adding(Self.behaviorDefaults) }
      case "Origins": element.mappingItems { $0.adding(Self.originDefaults) }
      default: element
      }
    }
  }

  subscript(name: String) -> XMLNode? { config.first { $0.name == name } }

  var arn: String { "arn:aws:cloudfront::\(accountID):distribution/\(id)" }

  var domainName: String { "d\(id.dropFirst().lowercased()).cloudfront.net" }

  var isEnabled: Bool { self["Enabled"]?.text == "true" }

  var callerReference: String { self["CallerReference"]?.text ?? "" }

  /// Alternate domain names (CNAMEs).
  var aliases: [String] { self["Aliases"]?["Items"]?.children.map(\.text) ?? [] }

  /// Whether only its tenants have domain names ("Understand how multi-tenant distributions work").
  var isTenantOnly: Bool { self["ConnectionMode"]?.text == "tenant-only" }

  /// The defaults of a configuration.
  private static let defaults = XMLNode.list(
    """
    <Aliases><Quantity>0</Quantity></Aliases><DefaultRootObject/><CacheBehaviors><Quantity>0</Quantity></CacheBehaviors>\
    <CustomErrorResponses><Quantity>0</Quantity></CustomErrorResponses><OriginGroups><Quantity>0</Quantity></OriginGroups>\
    <Logging><Enabled>false</Enabled><IncludeCookies>false</IncludeCookies><Bucket/><Prefix/></Logging>\
    <PriceClass>PriceClass_All</PriceClass><ViewerCertificate><CloudFrontDefaultCertificate>true\
    </CloudFrontDefaultCertificate><MinimumProtocolVersion>TLSv1</MinimumProtocolVersion>\
    <CertificateSource>cloudfront</CertificateSource></ViewerCertificate><Restrictions><GeoRestriction>\
    <RestrictionType>none</RestrictionType><Quantity>0</Quantity></GeoRestriction></Restrictions><WebACLId/>\
    <HttpVersion>http2</HttpVersion><IsIPV6Enabled>false</IsIPV6Enabled><Staging>false</Staging>
    """)

  /// The same of each cache behaviour.
  private static let behaviorDefaults = XMLNode.list(
    """
    <TrustedSigners><Enabled>false</Enabled><Quantity>0</Quantity></TrustedSigners>\
    <TrustedKeyGroups><Enabled>false</Enabled><Quantity>0</Quantity></TrustedKeyGroups>\
    <AllowedMethods><Quantity>2</Quantity><Items><Method>HEAD</Method><Method>GET</Method></Items><CachedMethods>\
    <Quantity>2</Quantity><Items><Method>HEAD</Method><Method>GET</Method></Items></CachedMethods></AllowedMethods>\
    <SmoothStreaming>false</SmoothStreaming><Compress>false</Compress>\
    <LambdaFunctionAssociations><Quantity>0</Quantity></LambdaFunctionAssociations>\
    <FunctionAssociations><Quantity>0</Quantity></FunctionAssociations><FieldLevelEncryptionId/>
    """)

  /// The same of each origin.
  private static let originDefaults = XMLNode.list(
    """
    <OriginPath/><CustomHeaders><Quantity>0</Quantity></CustomHeaders><ConnectionAttempts>3</ConnectionAttempts>\
    <ConnectionTimeout>10</ConnectionTimeout><OriginShield><Enabled>false</Enabled></OriginShield><OriginAccessControlId/>
    """)

  // MARK: Documents

  func write(to writer: inout DocumentWriter) {
    writeState(to: &writer)
    writer.element("InProgressInvalidationBatches", text: "0")
    writer.element("DomainName", text: domainName)
    writer.element("ActiveTrustedSigners") { writer in
      writer.element("Enabled", text: "false")
      writer.element("Quantity", text: "0")
    }
    let groups = keyGroups
    writer.element("ActiveTrustedKeyGroups") { writer in
      writer.element("Enabled", text: String(!groups.isEmpty))
      writer.element("Quantity", text: String(groups.count))
      guard !groups.isEmpty else { return }
      writer.element("Items") { writer in
        for id in groups {
          writer.element("KeyGroup") { writer in
            writer.element("KeyGroupId", text: id)
            writer.element("KeyPairIds") { $0.element("Quantity", text: "0") }
          }
        }
      }
    }
    writer.element("DistributionConfig", writeConfig)
  }

  func writeConfig(to writer: inout DocumentWriter) {
    for element in config { writer.element(element) }
  }

  /// The key groups that any cache behaviour trusts.
  private var keyGroups: [String] {
    Set(behaviors.flatMap { $0["TrustedKeyGroups"]?["Items"]?.children.map(\.text) ?? [] }).sorted()
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
  /// Elements as a text has them; nothing where it is no XML.
  fileprivate static func list(_ text: String) -> [XMLNode] {
    (try? XMLNode(parsing: Array("<List>\(text)</List>".utf8), root: "List"))?.children ?? []
  }

  /// With those of the elements that it lacks.
  fileprivate func adding(_ defaults: [XMLNode]) -> XMLNode {
    var result = self
    result.children += defaults.filter { self[$0.name] == nil }
    return result
  }

  fileprivate func mappingItems(_ transform: (XMLNode) -> XMLNode) -> XMLNode {
    var result = self
    for index in children.indices where children[index].name == "Items" {
      result.children[index].children = children[index].children.map(transform)
    }
    return result
  }

  /// Whether each `Quantity` in it is the number of the `Items` beside it.
  var hasConsistentQuantities: Bool {
    if let quantity = self["Quantity"], Int(quantity.text) != self["Items"]?.children.count ?? 0 { return false }
    return children.allSatisfy(\.hasConsistentQuantities)
  }
}
