internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// The files in which the AWS CLI keeps tokens of people who have signed in. They are written where the AWS CLI writes
/// them too, as it does: as a whole, and readable by their owner only.
final class TokenFiles: Sendable {
  /// For each path the last exchange that was begun.
  private let exchanges = Mutex<[String: Task<Void, Never>]>([:])

  /// Runs exchanges of one file one after another: of two that renewed the same token the second would be refused.
  func exclusively<Value: Sendable>(
    _ path: String, _ exchange: @escaping @Sendable () async throws(CredentialsError) -> Value
  ) async throws(CredentialsError) -> Value {
    let task = exchanges.withLock { exchanges -> Task<Result<Value, CredentialsError>, Never> in
      let previous = exchanges[path]
      let task = Task { () -> Result<Value, CredentialsError> in
        await previous?.value
        do throws(CredentialsError) {
          return .success(try await exchange())
        } catch {
          return .failure(error)
        }
      }
      exchanges[path] = Task { _ = await task.value }
      return task
    }
    return try await task.value.get()
  }

  /// Writes a file beside the old one, and puts it in its place.
  static func write(_ document: JSONValue, to path: String) throws(CredentialsError) {
    func failure(_ what: String) -> CredentialsError {
      CredentialsError(.sourceFailed, "\(what) \(path): \(String(cString: strerror(errno)))")
    }
    guard let bytes = try? JSONEncoder().encode(document) else {
      throw CredentialsError(.sourceFailed, "the renewed token cannot be written as JSON")
    }
    let draft = "\(path).\(UInt64.random(in: 0...(.max)))"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("the renewed token cannot be saved beside") }
    var isWritten = fchmod(descriptor, 0o600) == 0
    var rest = Array(bytes)[...]
    while isWritten, !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { isWritten = false }
    }
    isWritten = isWritten && fsync(descriptor) == 0
    close(descriptor)
    guard isWritten, rename(draft, path) == 0 else {
      let error = failure("the renewed token cannot be saved as")
      unlink(draft)
      throw error
    }
  }
}
