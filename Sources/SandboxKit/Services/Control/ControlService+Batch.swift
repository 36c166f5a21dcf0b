internal import Foundation

extension ControlService {
  /// Takes how jobs of S3 Batch Operations are done from now on; what is not named is as at the start.
  func putBatch(_ request: SandboxRequest) -> SandboxResponse {
    do {
      state.batch = try JSONDecoder().decode(BatchSettings.self, from: Data(request.body))
      return SandboxResponse(204)
    } catch {
      return Self.refusal(400, InputFileError(error, item: "element").description)
    }
  }
}
