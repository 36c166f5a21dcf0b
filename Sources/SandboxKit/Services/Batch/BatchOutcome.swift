internal import AWSKit

/// What became of a request that S3 Batch Operations has sent.
struct BatchOutcome {
  let status: Int
  /// Empty where it succeeded.
  let code: String
  let message: String
  /// Whether it may go well another time.
  let mayPass: Bool

  var isSuccess: Bool { code.isEmpty }

  /// - Parameter isDocument: whether the answer to what succeeds is a document.
  init(_ delivery: Delivery, isDocument: Bool) {
    let response = delivery.response
    guard case .whole = delivery.ending else {
      (status, code, message, mayPass) = (500, "InternalError", "The answer was not whole", true)
      return
    }
    let start = response.body.firstIndex { !" \n\r\t".utf8.contains($0) } ?? response.body.endIndex
    // An answer of 200 can be an error too.
    let isError = response.body[start...].starts(with: SandboxResponse.xmlDeclaration + Array("<Error>".utf8))
    if (200..<300).contains(response.status), !isDocument, !isError {
      // What stands for the answer after a fault may be anything.
      (status, code, message, mayPass) = (response.status, "", "Successful", false)
      return
    }
    guard let document = try? XMLReader.read(Array(response.body[start...])) else {
      (status, code, message, mayPass) = (500, "InternalError", "The answer was not understood", true)
      return
    }
    guard document.name == "Error" else {
      (status, code, message, mayPass) = (response.status, "", "Successful", false)
      return
    }
    code = document["Code"]?.text ?? "InternalError"
    status = response.status
    mayPass = response.status >= 500 || ["InternalError", "SlowDown"].contains(code)
    message =
      "\(document["Message"]?.text ?? "") (Service: Amazon S3; Status Code: \(status); Error Code: \(code); "
      + "Request ID: \(document["RequestId"]?.text ?? ""); S3 Extended Request ID: "
      + "\(document["HostId"]?.text ?? ""); Proxy: null)"
  }

  /// A row of a completion report (User Guide: "Examples: S3 Batch Operations completion reports").
  func reportRow(of row: BatchManifest.Row, putsStatusFirst: Bool) -> [UInt8] {
    let key = PercentCoding.encode(row.key.bytes, keepingSlashes: true)
    let ending = putsStatusFirst ? [String(status), code] : [code, String(status)]
    let fields =
      [row.bucket, key, row.versionID ?? "", isSuccess ? "succeeded" : "failed"] + ending + [message]
    var line: [UInt8] = []
    for (place, field) in fields.enumerated() {
      if place > 0 { line.append(UInt8(ascii: ",")) }
      CSVRows.write(field.utf8, to: &line)
    }
    return line + [UInt8(ascii: "\n")]
  }
}
