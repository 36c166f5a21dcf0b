internal import AWSKit

/// Which headers of a viewer's request reach an origin; names in lower case.
enum ForwardedHeaders: Sendable, Hashable {
  case listed(Set<String>)
  case all
  case allExcept(Set<String>)

  func contains(_ name: String) -> Bool {
    switch self {
    case .listed(let names): names.contains(name.lowercased())
    case .all: true
    case .allExcept(let names): !names.contains(name.lowercased())
    }
  }
}

/// A cache policy or an origin request policy, of which only the headers count here.
struct RequestPolicy: Sendable, Identifiable {
  enum Kind: String, Sendable {
    case cache = "CachePolicy"
    case originRequest = "OriginRequestPolicy"
  }

  let id: String
  let kind: Kind
  /// Of the account that it belongs to; nil for those that AWS manages.
  let accountID: String?
  let etag: String
  let lastModified: Timestamp
  /// The elements of the configuration, as they came.
  let config: [XMLNode]

  var name: String { config.first { $0.name == "Name" }?.text ?? "" }

  var forwardedHeaders: ForwardedHeaders {
    let parameters =
      kind == .cache
      ? config.first { $0.name == "ParametersInCacheKeyAndForwardedToOrigin" }?["HeadersConfig"]
      : config.first { $0.name == "HeadersConfig" }
    let names = Set(parameters?["Headers"]?["Items"]?.children.map { $0.text.lowercased() } ?? [])
    return switch parameters?["HeaderBehavior"]?.text {
    case "whitelist": .listed(names)
    case "allViewer", "allViewerAndWhitelistCloudFront": .all
    case "allExcept": .allExcept(names)
    default: .listed([])
    }
  }

  func write(to writer: inout DocumentWriter) {
    writer.element("Id", text: id)
    writer.element("LastModifiedTime", text: lastModified.s3Date)
    writer.element(kind.rawValue + "Config", writeConfig)
  }

  func writeConfig(to writer: inout DocumentWriter) {
    for element in config { writer.element(element) }
  }

  // MARK: Managed policies

  /// Those that AWS manages (Developer Guide: "Use managed cache policies", "Use managed origin request policies").
  static let managed: [RequestPolicy] = [
    .cache("658327ea-f89d-4fab-a63d-7e88639e58f6", "Managed-CachingOptimized", headers: []),
    .cache("b2884449-e4de-46a7-ac36-70bc7f1ddd6d", "Managed-CachingOptimizedForUncompressedObjects", headers: []),
    .cache("4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "Managed-CachingDisabled", headers: []),
    .cache(
      "83da9c7e-98b4-4e11-a168-04f0df8e2c65", "UseOriginCacheControlHeaders",
      headers: ["Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]),
    .originRequest("216adef6-5c7f-47e4-b989-5492eafa07d3", "Managed-AllViewer", "allViewer", []),
    .originRequest(
      "b689b0a8-53d0-40ab-baf2-68738e2966ac", "Managed-AllViewerExceptHostHeader", "allExcept", ["Host"]),
    .originRequest(
      "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", "Managed-CORS-S3Origin", "whitelist",
      ["Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method"]),
    .originRequest("59781a5b-3903-41f3-afcb-af62929ccde1", "Managed-CORS-CustomOrigin", "whitelist", ["Origin"]),
    .originRequest(
      "acba4595-bd28-49b8-b9fe-13317c0390fa", "Managed-UserAgentRefererHeaders", "whitelist", ["User-Agent", "Referer"]),
    .originRequest("bf0718e1-ba1e-49d1-88b1-f726733018ae", "Managed-HostHeaderOnly", "whitelist", ["Host"]),
  ]

  private static func cache(_ id: String, _ name: String, headers: [String]) -> RequestPolicy {
    managed(
      .cache, id,
      """
      <Name>\(name)</Name><DefaultTTL>86400</DefaultTTL><MaxTTL>31536000</MaxTTL><MinTTL>1</MinTTL>\
      <ParametersInCacheKeyAndForwardedToOrigin><EnableAcceptEncodingGzip>true</EnableAcceptEncodingGzip>\
      <EnableAcceptEncodingBrotli>true</EnableAcceptEncodingBrotli>\
      \(headersConfig(headers.isEmpty ? "none" : "whitelist", headers))\
      <CookiesConfig><CookieBehavior>none</CookieBehavior></CookiesConfig>\
      <QueryStringsConfig><QueryStringBehavior>none</QueryStringBehavior></QueryStringsConfig>\
      </ParametersInCacheKeyAndForwardedToOrigin>
      """)
  }

  private static func originRequest(
    _ id: String, _ name: String, _ behavior: String, _ headers: [String]
  ) -> RequestPolicy {
    managed(
      .originRequest, id,
      """
      <Name>\(name)</Name>\(headersConfig(behavior, headers))\
      <CookiesConfig><CookieBehavior>none</CookieBehavior></CookiesConfig>\
      <QueryStringsConfig><QueryStringBehavior>none</QueryStringBehavior></QueryStringsConfig>
      """)
  }

  private static func headersConfig(_ behavior: String, _ headers: [String]) -> String {
    let items = headers.map { "<Name>\($0)</Name>" }.joined()
    let list = headers.isEmpty ? "" : "<Headers><Quantity>\(headers.count)</Quantity><Items>\(items)</Items></Headers>"
    return "<HeadersConfig><HeaderBehavior>\(behavior)</HeaderBehavior>\(list)</HeadersConfig>"
  }

  private static func managed(_ kind: Kind, _ id: String, _ config: String) -> RequestPolicy {
    let document = try? XMLNode(parsing: Array("<Config>\(config)</Config>".utf8), root: "Config")
    return RequestPolicy(
      id: id, kind: kind, accountID: nil, etag: "E23ZP02F085DFQ", lastModified: Timestamp(seconds: 1_600_000_000),
      config: document?.children ?? [])
  }
}
