internal import Foundation
internal import AWSKit

extension FaultRule: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case operation, fault, key, probability, count, ms, distribution
  }

  /// Reads `{"operation": "PutObjectAcl", "fault": "slowdown", "key": "a/*", "probability": 0.1, "count": 3}`; of a
  /// delay also `"ms": 50`, `"ms": [20, 80]`, and `"distribution": "exponential"`, with `ms` as its mean.
  package init(from decoder: any Decoder) throws {
    try decoder.refuseUnknownFields(CodingKeys.self)
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func corrupted(_ key: CodingKeys, _ description: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: values, debugDescription: description)
    }
    let name = try values.decode(String.self, forKey: .fault)
    guard let fault = Fault(rawValue: name) else {
      throw corrupted(
        .fault, "'\(name)' is none of \(Fault.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self.init(
      operation: try values.decodeIfPresent(String.self, forKey: .operation) ?? "*", fault: fault,
      key: try values.decodeIfPresent(String.self, forKey: .key).map { Wildcard($0) },
      probability: try values.decodeIfPresent(Double.self, forKey: .probability) ?? 1,
      remaining: try values.decodeIfPresent(Int.self, forKey: .count))
    guard operation == "*" || (decoder.userInfo[.operations] as? Set<String>)?.contains(operation) ?? true else {
      throw corrupted(.operation, "the sandbox has no operation '\(operation)'; '*' is for all")
    }
    guard (0...1).contains(probability) else { throw corrupted(.probability, "it must be from 0 to 1") }
    guard remaining.map({ $0 >= 0 }) ?? true else { throw corrupted(.count, "it must not be negative") }
    guard fault == .delay else {
      guard !values.contains(.ms), !values.contains(.distribution) else {
        throw corrupted(.fault, "only 'delay' has 'ms' and 'distribution'")
      }
      return
    }
    delay = try Self.delay(values)
  }

  private static func delay(_ values: KeyedDecodingContainer<CodingKeys>) throws -> Delay {
    func corrupted(_ key: CodingKeys, _ description: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: values, debugDescription: description)
    }
    let distribution = try values.decodeIfPresent(String.self, forKey: .distribution)
    let limit = "a delay is from 0 to \(Int(Delay.longest)), in milliseconds"
    if let range = try? values.decode([Double].self, forKey: .ms) {
      guard range.count == 2, distribution == nil || distribution == "uniform" else {
        throw corrupted(.ms, "a range is [LEAST, MOST]")
      }
      guard let delay = Delay(from: range[0], to: range[1]) else { throw corrupted(.ms, limit) }
      return delay
    }
    let milliseconds = try values.decode(Double.self, forKey: .ms)
    guard Delay.isPossible(milliseconds) else { throw corrupted(.ms, limit) }
    switch distribution {
    case nil, "fixed": return .fixed(milliseconds)
    case "exponential": return .exponential(milliseconds)
    default: throw corrupted(.distribution, "it is 'fixed' or 'exponential', or 'ms' is a range")
    }
  }

  /// Reads a list of rules.
  ///
  /// - Parameter operations: the names of everything that can be asked for.
  static func list(parsing bytes: [UInt8], operations: Set<String>) throws(InputFileError) -> [FaultRule] {
    let decoder = JSONDecoder()
    decoder.userInfo[.operations] = operations
    do {
      return try decoder.decode([FaultRule].self, from: Data(bytes))
    } catch {
      throw InputFileError(error, item: "rule")
    }
  }
}

extension CodingUserInfoKey {
  /// The names that a rule's operation must be one of.
  fileprivate static let operations = CodingUserInfoKey(rawValue: "operations")!
}

extension FaultRule.Delay {
  /// An hour, in milliseconds: more is a mistake.
  static let longest = 3_600_000.0

  static func isPossible(_ milliseconds: Double) -> Bool { (0...longest).contains(milliseconds) }

  init?(from least: Double, to most: Double) {
    guard Self.isPossible(least), Self.isPossible(most), least <= most else { return nil }
    self = .uniform(least...most)
  }

  /// Reads `50` or `20-80`, milliseconds.
  package init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { Double($0) }
    switch (parts.first ?? nil, parts.count) {
    case (let value?, 1) where Self.isPossible(value): self = .fixed(value)
    case (let least?, 2):
      guard let most = parts[1] else { return nil }
      self.init(from: least, to: most)
    default: return nil
    }
  }
}
