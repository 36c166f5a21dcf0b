internal import NIOHTTP1
internal import AWSKit

/// Access logs, which S3 and CloudFront deliver hours later.
extension ControlService {
  /// What was logged since the last delivery: of `?bucket=NAME` as S3 writes it, of `?distribution=ID` as CloudFront does.
  func logs(_ request: SandboxRequest) -> SandboxResponse {
    if let bucket = request.text("bucket") {
      return SandboxResponse(headers: ["Content-Type": "text/plain"], body: state.logs.s3File(of: bucket))
    }
    guard let id = request.text("distribution") else {
      return Self.refusal(400, "?bucket=NAME or ?distribution=ID must say whose logs")
    }
    return SandboxResponse(
      headers: ["Content-Type": "application/x-gzip"], body: Gzip.file(of: state.logs.cloudFrontFile(of: id)))
  }

  /// Puts the files where the settings of buckets and distributions say.
  func deliverLogs() -> SandboxResponse {
    .json(encoding: ["delivered": s3.deliverLogs(now: .now())])
  }
}
