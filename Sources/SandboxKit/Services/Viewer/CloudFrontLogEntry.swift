internal import NIOHTTP1
internal import AWSKit

/// A line of CloudFront's standard log (Developer Guide: "Standard logging reference").
struct CloudFrontLogEntry: Sendable {
  let time: Timestamp
  let view: View
  let domainName: String
  let response: SandboxResponse
  /// `ClientGeoBlocked`, …; nil for what `x-edge-result-type` says.
  let detailedResultType: String?

  var line: String {
    let type = resultType
    let isHTTPS = view.scheme == "https"
    let date = time.extended
    func header(_ name: String) -> String { Self.encoded(view.request[header: name]) }
    let path = view.path.bytes.isEmpty ? [UInt8(ascii: "/")] : view.path.bytes
    let query = view.request.query.map {
      PercentCoding.encode($0.name.utf8) + "=" + PercentCoding.encode($0.value)
    }
    let values = [
      String(date.prefix(10)), String(date.dropFirst(11).prefix(8)), "FRA56-P1",
      String(response.body.count + 400), view.request.sourceIP, view.request.method, domainName,
      PercentCoding.encode(path, keepingSlashes: true), String(response.status), header("Referer"),
      header("User-Agent"),
      query.isEmpty ? "-" : query.joined(separator: "&"), "-", type, response.headers.first(name: "X-Amz-Cf-Id") ?? "-",
      view.host, view.scheme, "300", "0.007", "-", isHTTPS ? "TLSv1.3" : "-",
      isHTTPS ? "TLS_AES_128_GCM_SHA256" : "-", type, "HTTP/1.1", "-", "-", "40000", "0.007",
      detailedResultType ?? type, response.headers.first(name: "Content-Type") ?? "-", String(response.body.count), "-",
      "-",
    ]
    return values.joined(separator: "\t")
  }

  /// By the `X-Cache` that the viewer got.
  private var resultType: String {
    let cache = response.headers.first(name: "X-Cache") ?? ""
    return String(cache.prefix { $0 != " " })
  }

  /// As CloudFront writes the values of headers: URL-encoded, where they have characters that a log has not.
  private static func encoded(_ value: String?) -> String {
    guard let value, !value.isEmpty else { return "-" }
    var result = ""
    for byte in value.utf8 {
      let isKept = byte > 32 && byte < 127 && !"\"#%'<>[\\]^`{|}~".utf8.contains(byte)
      result += isKept ? String(UnicodeScalar(byte)) : PercentCoding.encode([byte])
    }
    return result
  }
}
