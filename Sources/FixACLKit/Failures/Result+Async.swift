package import AWSKit

extension Result where Failure == AWSError, Success: Sendable {
  /// What a request brings, as a value: for requests that are sent side by side, of which some may fail.
  package init(_ body: () async throws(AWSError) -> Success) async {
    do throws(AWSError) {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}
