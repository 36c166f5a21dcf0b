/// The parameters of an action of AWS's query protocol, which STS and IAM speak, as a form.
struct QueryForm {
  private(set) var bytes: [UInt8] = []

  /// - Parameter version: of the service's API.
  init(action: String, version: String) {
    add("Action", action)
    add("Version", version)
  }

  /// Adds a parameter, if there is one.
  mutating func add(_ name: String, _ value: String?) {
    guard let value else { return }
    if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
    bytes += (name + "=" + PercentEncoding.encode(value)).utf8
  }

  static let headers = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
}
