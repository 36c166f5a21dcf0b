internal import Foundation
internal import S3Kit

extension FaultRule: Decodable {
  private enum CodingKeys: String, CodingKey {
    case operation, fault, key, probability, count, ms, distribution
  }

  /// Reads `{"operation": "PutObjectAcl", "fault": "slowdown", "key": "a/*", "probability": 0.1, "count": 3}`; of a
  /// delay also `"ms": 50`, `"ms": [20, 80]`, and `"distribution": "exponential"`, with `ms` as its mean.
  init(from decoder: any Decoder) throws {
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
    if let range = try? values.decode([Double].self, forKey: .ms) {
      guard range.count == 2, range[0] >= 0, range[0] <= range[1], distribution == nil || distribution == "uniform"
      else {
        throw corrupted(.ms, "a range is [LEAST, MOST]")
      }
      return .uniform(range[0]...range[1])
    }
    let milliseconds = try values.decode(Double.self, forKey: .ms)
    guard milliseconds >= 0 else { throw corrupted(.ms, "it must not be negative") }
    switch distribution {
    case nil, "fixed": return .fixed(milliseconds)
    case "exponential": return .exponential(milliseconds)
    default: throw corrupted(.distribution, "it is 'fixed' or 'exponential', or 'ms' is a range")
    }
  }

  /// Reads the list that `--faults` names and `PUT CONTROL/faults` takes.
  static func list(parsing bytes: [UInt8]) throws(FileFault) -> [FaultRule] {
    do {
      return try JSONDecoder().decode([FaultRule].self, from: Data(bytes))
    } catch DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context),
      DecodingError.valueNotFound(_, let context)
    {
      throw FileFault(
        context.codingPath.map { $0.intValue.map { "rule \($0 + 1)" } ?? $0.stringValue }.joined(separator: ", ")
          + ": " + context.debugDescription)
    } catch DecodingError.keyNotFound(let key, let context) {
      throw FileFault(
        (context.codingPath.map { $0.intValue.map { "rule \($0 + 1)" } ?? $0.stringValue } + [
          "has no '\(key.stringValue)'"
        ])
        .joined(separator: " "))
    } catch {
      throw FileFault("it is not a JSON list of faults: \(error)")
    }
  }
}

extension FaultRule.Delay {
  /// Reads `50` or `20-80`, milliseconds.
  init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { Double($0) }
    switch (parts.first ?? nil, parts.count) {
    case (let value?, 1) where value >= 0: self = .fixed(value)
    case (let least?, 2):
      guard let most = parts[1], least >= 0, least <= most else { return nil }
      self = .uniform(least...most)
    default: return nil
    }
  }
}
