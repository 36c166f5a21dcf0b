extension Result where Failure == AWSError, Success: Sendable {
  /// What a request brings, as a value: for requests that are sent side by side, of which some may fail.
  package static func settled(_ body: () async throws(AWSError) -> Success) async -> Result {
    do throws(AWSError) {
      return .success(try await body())
    } catch {
      return .failure(error)
    }
  }
}
