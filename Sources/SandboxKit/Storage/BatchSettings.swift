/// How the sandbox works through jobs of S3 Batch Operations.
struct BatchSettings: Sendable {
  /// Of all jobs together; 0 stops them.
  var tasksPerSecond = 2000.0
  /// How often a task is tried that fails for a reason that passes.
  var attempts = 8
  /// Whether rows of reports have the HTTP status before the error's code, as AWS's examples do, and not as the schema
  /// says (User Guide: "Examples: S3 Batch Operations completion reports").
  var statusFirst = true
  /// The most rows of a file of a report.
  var rowsPerReport = 100_000
}

extension BatchSettings: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case tasksPerSecond, attempts, statusFirst, rowsPerReport
  }

  init(from decoder: any Decoder) throws {
    try decoder.refuseUnknownFields(CodingKeys.self)
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func number<Value: Decodable & Comparable>(_ key: CodingKeys, _ standard: Value, least: Value) throws -> Value {
      let value = try values.decodeIfPresent(Value.self, forKey: key) ?? standard
      guard value >= least else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: values, debugDescription: "it must not be below \(least)")
      }
      return value
    }
    tasksPerSecond = try number(.tasksPerSecond, tasksPerSecond, least: 0)
    attempts = try number(.attempts, attempts, least: 1)
    statusFirst = try values.decodeIfPresent(Bool.self, forKey: .statusFirst) ?? statusFirst
    rowsPerReport = try number(.rowsPerReport, rowsPerReport, least: 1)
  }
}
