import AWSKit
import TestSupport
import Testing

/// Who may do what: the sandbox decides each row as AWS documents it, and RadosGW, which nobody here wrote, decides
/// the same wherever it says so.
struct AuthorizationMatrixTests {
  @Test(arguments: S3TestServer.all, AccessCase.all)
  func decision(server: S3TestServer, row: AccessCase) async throws {
    if server.kind == .radosGW, row.notOnRadosGW != nil { return }
    let response = try await server.answer(to: row)
    #expect(response.status == row.answer.status, "\(response.text)")
    if let code = row.answer.code { #expect(response.errorCode == code) }
    if row.answer.status == 403, row.request != .headObject, row.answer.code == nil {
      #expect(response.errorCode == "AccessDenied")
    }
  }
}
