/// The parameters of an action of STS's query protocol, as a form.
struct STSForm {
  private(set) var bytes: [UInt8] = []

  init(action: String) {
    add("Action", action)
    add("Version", "2011-06-15")
  }

  /// Adds a parameter, if there is one.
  mutating func add(_ name: String, _ value: String?) {
    guard let value else { return }
    if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
    bytes += (name + "=" + PercentEncoding.encode(value)).utf8
  }

  static let headers = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
}
