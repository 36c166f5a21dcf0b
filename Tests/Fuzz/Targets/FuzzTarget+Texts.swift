import FixACLKit
import AWSKit

extension FuzzTarget {
  /// Short texts: of people, of policies, of settings.
  static let texts = [
    /// The shared files: the config file, a zero byte, the credentials file.
    FuzzTarget("shared-config") { bytes in
      let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
      let environment = AWSEnvironment(environment: ["HOME": "/h"]) { path in
        path.hasSuffix("config") ? .bytes(parts[0]) : parts.count > 1 ? .bytes(parts[1]) : .notFound
      }
      for profile in [nil, "default", "site", "a b"] {
        guard let settings = try? environment.settings(profile: profile) else { continue }
        if let url = settings.endpointURL { _ = AWSEndpoint(url: "\(url)") }
      }
    },
    /// A bucket policy.
    FuzzTarget("policy") { bytes in
      guard let policy = try? PolicyDocument(parsing: bytes) else { return }
      for prefix in [nil, "img/"] {
        let scope = PolicyScope(bucket: "assets", prefix: prefix)
        let reading = policy.readers(of: scope)
        let principals = Set(reading.readers.map(\.principal))
        for denial in policy.denials(of: principals, withUnknownARN: true, in: scope) {
          require(!denial.statement.isEmpty, "a statement has a name")
        }
        for statement in policy.statements { _ = statement.resources.map { scope.keyPrefix(of: $0) } }
      }
      checkDecisions(of: policy)
      checkAddition(to: policy)
    },
    /// A pattern of a policy's and, on the next line, a text: compared with the plainest way to do it.
    FuzzTarget("policy-pattern") { bytes in
      let (pattern, rest) = bytes.firstLine
      // The plain way takes the product of both.
      let (patternText, text) = (pattern.text, Array(rest.prefix(2000)))
      let expected = PlainMatch.matches(Array(patternText.utf8), text)
      let found = PolicyPattern(patternText).matches(text)
      require(found == expected, "'\(patternText)' matches \(text): \(found)")
      if PolicyPattern(patternText).covers(everythingWith: text) {
        require(PlainMatch.matches(Array(patternText.utf8), text + [0x61, 0x2f]), "'\(patternText)' covers \(text)")
      }
    },
    /// A glob and, on the next line, a key. Where the glob has no brackets and no backslashes, it is a pattern.
    FuzzTarget("glob") { bytes in
      let (pattern, rest) = bytes.firstLine
      let glob = pattern.text
      let text = Array(rest.prefix(2000)).text
      let found = Glob(glob).matches(text)
      guard !glob.utf8.contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "\\") }) else { return }
      let expected = PlainMatch.matches(
        glob.unicodeScalars.map(\.value), text.unicodeScalars.map(\.value), any: 0x3f, many: 0x2a)
      require(found == expected, "'\(glob)' matches '\(text)': \(found)")
    },
    /// An endpoint's URL and, on the next lines, a bucket and a region.
    FuzzTarget("endpoint-url") { bytes in
      let (url, rest) = bytes.firstLine
      let (bucket, region) = rest.firstLine
      if let endpoint = AWSEndpoint(url: url.text) {
        // Amazon's own have none to write.
        let written = endpoint.url.map { AWSEndpoint(url: $0) == endpoint } ?? endpoint.isAmazons
        require(written, "a URL that is written is read as the same")
        checkHosts(of: endpoint, bucket: bucket.text, region: .standard)
      }
      // Whatever a plan or a server says of regions: requests go to Amazon's own domains.
      guard let region = Region(region.text) else { return }
      for authority in checkHosts(of: .aws, bucket: bucket.text, region: region) {
        require(
          PlainMatch.domains.contains { authority.hasSuffix("." + $0) }, "\(authority) is a host of Amazon's")
      }
    },
    /// The domain name of a distribution's origin.
    FuzzTarget("origin-domain") { bytes in
      _ = OriginDomain(bytes.text, bucket: "assets")
      guard let found = OriginDomain.bucket(in: bytes.text) else { return }
      require(OriginDomain(bytes.text, bucket: found.name) == found.kind, "it leads to the bucket that it names")
    },
    /// A URL of a viewer's.
    FuzzTarget("viewer-url") { bytes in
      guard let url = ViewerURL(bytes.text) else { return }
      require(ViewerURL(url.description) == url, "a URL that is written is read as the same")
      require(url.path.hasPrefix("/") && url.path.utf8.allSatisfy { (0x21..<0x7f).contains($0) }, "a path is plain")
      _ = url.decodedPath
    },
    /// The most paths of an invalidation in a byte, and keys, one a line.
    FuzzTarget("invalidation-paths") { bytes in
      guard let first = bytes.first else { return }
      let budget = InvalidationPaths.Budget(paths: 1 + Int(first) % 16, wildcards: 1 + Int(first) / 16 % 15)
      var distribution = Distribution(id: "E1")
      distribution.origins = [DistributionOrigin(domainName: "assets.s3.amazonaws.com")]
      distribution.behaviors = [CacheBehavior(targetOriginID: "")]
      distribution.defaultRootObject = "index.html"
      let served = ServedKeys(distribution, bucket: "assets")
      var collected = InvalidationPaths(budget: budget)
      var all: [String] = []
      for key in bytes.dropFirst().split(separator: UInt8(ascii: "\n")) {
        for path in served.paths(of: ObjectKey(Array(key))) {
          let isEncoded = path.utf8.allSatisfy { (0x21..<0x7f).contains($0) && $0 != UInt8(ascii: "*") }
          require(path.hasPrefix("/") && isEncoded, "a path is a part of a URL")
          all.append(path)
          collected.insert(path)
        }
      }
      let paths = collected.paths
      require(paths.count <= budget.paths, "paths are within the budget")
      require(paths.count { $0.hasSuffix("*") } <= budget.wildcards, "asterisks are within the budget")
      require(paths.allSatisfy { $0.utf8.count <= 4000 }, "no path is too long")
      for path in all {
        let isCovered = paths.contains { $0.hasSuffix("*") ? path.hasPrefix($0.dropLast()) : $0 == path }
        require(isCovered, "no path is left out")
      }
    },
    /// Bytes that are percent-encoded, and bytes to be encoded.
    FuzzTarget("percent") { bytes in
      for plusIsBlank in [true, false] {
        let encoded = PercentEncoding.encode(bytes)
        require(
          PercentEncoding.decode(encoded.utf8, plusIsBlank: plusIsBlank) == bytes, "what is encoded is decoded again")
        guard let decoded = PercentEncoding.decode(bytes, plusIsBlank: plusIsBlank) else { continue }
        require(decoded.count <= bytes.count, "decoding makes it no longer")
      }
      let shown = ObjectKey(bytes).description
      require(!shown.utf8.contains { $0 < 0x20 || $0 == 0x7f }, "what is shown has no control characters")
    },
    /// A line of JSON, as plans, journals and checkpoints have it.
    FuzzTarget("json-line") { bytes in
      var reader = JSONLineReader(bytes[...])
      var text: [UInt8]?
      do {
        try reader.object { reader, name in
          switch name.first {
          case UInt8(ascii: "n"): _ = try reader.integer()
          case UInt8(ascii: "b"): _ = try reader.bool()
          case UInt8(ascii: "a"): try reader.array { _ = try $0.optionalText() }
          case UInt8(ascii: "t"): text = Array(try reader.word())
          default: try reader.skip()
          }
        }
        guard reader.isAtEnd() else { return }
      } catch { return }
      // What was read is written, and read again.
      guard let text else { return }
      var json = JSONWriter()
      json.object { json in
        json.name("t")
        json.string(text)
      }
      var again = JSONLineReader(json.bytes[...])
      do {
        try again.object { reader, _ in
          require(Array(try reader.word()) == text, "a text that is written is read as the same")
        }
      } catch { require(false, "a text that is written can be read: \(text)") }
    },
  ]

  /// The hosts that requests about a bucket go to, each one host and nothing else.
  @discardableResult
  private static func checkHosts(of endpoint: AWSEndpoint, bucket: String, region: Region) -> [String] {
    AWSService.allCases.map { service in
      let address = endpoint.address(of: service, bucket: service == .s3 ? bucket : nil, region: region)
      require(address.scheme == "http" || address.scheme == "https", "the scheme is HTTP's")
      require(
        address.authority.utf8.allSatisfy { (0x21...0x7e).contains($0) && !"/@?#\\".utf8.contains($0) },
        "a host has no sign that ends it: \(address.authority)")
      return address.authority
    }
  }
}

/// Patterns of asterisks and question marks in the plainest way: a table of which beginnings fit each other.
enum PlainMatch {
  /// What the names of all partitions' hosts end in (AWS General Reference; botocore's partitions.json).
  static let domains = [
    "amazonaws.com", "amazonaws.com.cn", "c2s.ic.gov", "sc2s.sgov.gov", "cloud.adc-e.uk", "csp.hci.ic.gov",
    "amazonaws.eu",
    // AWS Sign-In's.
    "aws.amazon.com", "amazonaws.cn", "amazonaws-us-gov.com", "c2shome.ic.gov", "sc2shome.sgov.gov",
    "csphome.adc-e.uk", "csphome.hci.ic.gov", "amazonaws-eusc.eu",
  ]

  static func matches<Unit: Equatable>(_ pattern: [Unit], _ text: [Unit], any: Unit, many: Unit) -> Bool {
    // Which beginnings of the text the pattern so far fits.
    var fits = [Bool](repeating: false, count: text.count + 1)
    fits[0] = true
    for sign in pattern {
      if sign == many {
        for place in text.indices where fits[place] { fits[place + 1] = true }
      } else {
        for place in text.indices.reversed() { fits[place + 1] = fits[place] && (sign == any || sign == text[place]) }
        fits[0] = false
      }
    }
    return fits[text.count]
  }

  static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
    matches(pattern, text, any: UInt8(ascii: "?"), many: UInt8(ascii: "*"))
  }
}

/// Whoever asks gets an answer, and what is not known of a request is never taken for known.
private func checkDecisions(of policy: PolicyDocument) {
  let callers = [
    PolicyCaller.anonymous, PolicyCaller(kind: .originAccessIdentity("E2QWRUHEXAMPLE")),
    PolicyCaller(kind: .service("cloudfront.amazonaws.com")),
    PolicyCaller(kind: .account, canonicalID: CanonicalID("c"), accountID: AccountID("111122223333")),
  ]
  for caller in callers {
    var request = PolicyRequest.read(
      of: ObjectKey("img/a.png"), versionID: nil, bucket: "assets", partition: "aws", by: caller, isTLS: true,
      region: "us-east-1", now: Timestamp(seconds: 1_795_168_800))
    let unknown = policy.decision(on: request)
    let facts = [
      "aws:sourceip": "192.0.2.1", "aws:sourcearn": "arn:aws:cloudfront::111122223333:distribution/E1",
    ]
    // What a caller certainly lacks stays absent.
    for (key, value) in facts where request.value(of: key) == .unknown { request.context[key] = .value(value) }
    let known = policy.decision(on: request)
    require(known.denies.count >= unknown.denies.count, "a Deny that applies to all applies to one")
    require(known.allows.count >= unknown.allows.count, "an Allow that applies to all applies to one")
    let possible = { (decision: PolicyDocument.Decision) in decision.denies.count + decision.mayDeny.count }
    require(possible(known) <= possible(unknown), "a Deny that cannot apply does not")
  }
}

/// A policy keeps what it says when a statement is added to it.
private func checkAddition(to policy: PolicyDocument) {
  let statement = #"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*"}"#
  guard let source = policy.source, let text = PolicyText.adding(statement, to: source),
    let longer = try? PolicyDocument(parsing: Array(text.utf8))
  else { return }
  require(longer.statements.count == policy.statements.count + 1, "it has one statement more")
}
