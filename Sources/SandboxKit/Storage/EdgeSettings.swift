/// What of the edge no distribution says: where viewers come from, and what web ACLs and functions decide.
struct EdgeSettings: Sendable, Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case country, scheme, blockingWebACLs, refusingFunctions, invalidationSeconds
  }

  /// Of viewers whose request has no `CloudFront-Viewer-Country`: two letters.
  var country = "US"
  /// As which requests count that have no `CloudFront-Forwarded-Proto`: the sandbox itself speaks plain HTTP.
  var scheme = "https"
  /// The ARNs of the web ACLs that block every viewer; others block nobody.
  var blockingWebACLs: Set<String> = []
  /// The ARNs of the functions that answer 403 themselves; others do nothing.
  var refusingFunctions: Set<String> = []

  /// For how many seconds an invalidation that comes now is in progress. What it names is forgotten at once.
  var invalidationSeconds = 0

  init() {}

  /// Reads `{"country": "US", "scheme": "https", "blockingWebACLs": [], "refusingFunctions": [],
  /// "invalidationSeconds": 0}`; what is left out is as at the start.
  init(from decoder: any Decoder) throws {
    try decoder.refuseUnknownFields(CodingKeys.self)
    let values = try decoder.container(keyedBy: CodingKeys.self)
    country = try values.decodeIfPresent(String.self, forKey: .country) ?? country
    scheme = try values.decodeIfPresent(String.self, forKey: .scheme) ?? scheme
    blockingWebACLs = Set(try values.decodeIfPresent([String].self, forKey: .blockingWebACLs) ?? [])
    refusingFunctions = Set(try values.decodeIfPresent([String].self, forKey: .refusingFunctions) ?? [])
    invalidationSeconds = max(0, try values.decodeIfPresent(Int.self, forKey: .invalidationSeconds) ?? 0)
  }
}
