import Synchronization
import Testing

@testable import AWSKit

@Suite struct RefreshingCredentialsTests {
  /// Gives credentials `K1`, `K2`, … when it is told to.
  private final class Source: CredentialsFetcher {
    struct Step: Sendable {
      var result: Result<Credentials, CredentialsError>
    }

    let steps: @Sendable (Int, Credentials?) -> Result<Credentials, CredentialsError>
    let log = Log<Credentials?>()
    /// Whether a fetch waits for `open`.
    private let gate: Gate?

    init(
      gate: Gate? = nil, _ steps: @escaping @Sendable (Int, Credentials?) -> Result<Credentials, CredentialsError>
    ) {
      self.steps = steps
      self.gate = gate
    }

    func fetch(insteadOf rejected: Credentials?) async throws(CredentialsError) -> Credentials {
      log.note(rejected)
      let number = log.entries.count
      await gate?.wait()
      return try steps(number, rejected).get()
    }
  }

  /// Holds tasks up until it is opened.
  private actor Gate {
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var isOpen = false

    func wait() async {
      if isOpen { return }
      await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
      isOpen = true
      for continuation in waiting { continuation.resume() }
      waiting = []
    }
  }

  private static func key(_ number: Int, until end: Int?) -> Credentials {
    Credentials(
      accessKeyID: "K\(number)", secretAccessKey: "s", sessionToken: "T\(number)",
      expiration: end.map { Timestamp(seconds: $0) })
  }

  private static let failure = CredentialsError(.sourceFailed, "no")

  @Test func oneFetchForAllWhoWait() async throws {
    let gate = Gate()
    let source = Source(gate: gate) { number, _ in .success(Self.key(number, until: 5000)) }
    let credentials = RefreshingCredentials(source) { Timestamp(seconds: 0) }
    let asked = (0..<200).map { _ in Task { try await credentials.credentials().accessKeyID } }
    while source.log.entries.isEmpty { await Task.yield() }
    await gate.open()
    for task in asked { #expect(try await task.value == "K1") }
    #expect(source.log.entries.count == 1)
    #expect(credentials.fetches == 1)
  }

  @Test func nobodyWaitsInTheAdvisoryWindow() async throws {
    let clock = SharedMutex(0)
    let gate = Gate()
    let source = Source(gate: gate) { number, _ in .success(Self.key(number, until: number * 3600)) }
    let credentials = RefreshingCredentials(source) { Timestamp(seconds: clock.value.withLock { $0 }) }
    await gate.open()
    #expect(try await credentials.credentials().accessKeyID == "K1")
    clock.value.withLock { $0 = 2700 }
    // One request begins to fetch; it and all others go on.
    for _ in 0..<20 { #expect(try await ["K1", "K2"].contains(credentials.credentials().accessKeyID)) }
    while try await credentials.credentials().accessKeyID != "K2" { await Task.yield() }
    #expect(source.log.entries.count == 2)
  }

  @Test func allWaitInTheMandatoryWindow() async throws {
    let clock = SharedMutex(0)
    let source = Source { number, _ in .success(Self.key(number, until: number * 3600)) }
    let credentials = RefreshingCredentials(source) { Timestamp(seconds: clock.value.withLock { $0 }) }
    _ = try await credentials.credentials()
    clock.value.withLock { $0 = 3000 }
    #expect(try await credentials.credentials().accessKeyID == "K2")
  }

  @Test func aFailureIsNoneWhileTheyAreGood() async throws {
    let clock = SharedMutex(0)
    let source = Source { number, _ in number == 1 ? .success(Self.key(1, until: 3600)) : .failure(Self.failure) }
    let credentials = RefreshingCredentials(source) { Timestamp(seconds: clock.value.withLock { $0 }) }
    _ = try await credentials.credentials()
    clock.value.withLock { $0 = 3100 }
    #expect(try await credentials.credentials().accessKeyID == "K1")
    // Not asked again at each request.
    #expect(try await credentials.credentials().accessKeyID == "K1")
    #expect(source.log.entries.count == 2)
    clock.value.withLock { $0 = 3600 }
    await #expect(throws: Self.failure) { try await credentials.credentials() }
    // A first fetch that fails is tried again by the next request.
    await #expect(throws: Self.failure) { try await credentials.credentials() }
    #expect(source.log.entries.count == 4)
  }

  @Test func credentialsThatHaveEndedAlreadyAreAnError() async throws {
    let source = Source { number, _ in .success(Self.key(number, until: 100)) }
    let credentials = RefreshingCredentials(source) { Timestamp(seconds: 200) }
    let error = await #expect(throws: CredentialsError.self) { try await credentials.credentials() }
    #expect(error?.message.contains("see to this machine's clock") == true)
  }

  @Test func rejectedOnesAreReplacedOnce() async throws {
    let source = Source { number, _ in .success(Self.key(number, until: nil)) }
    let credentials = RefreshingCredentials(source)
    let first = try await credentials.credentials()
    let replaced = (0..<100).map { _ in Task { try await credentials.credentials(insteadOf: first).accessKeyID } }
    for task in replaced { #expect(try await task.value == "K2") }
    #expect(source.log.entries.count == 2)
    // It knows what must not come from a cache.
    #expect(source.log.entries.last == first)
    #expect(try await credentials.credentials().accessKeyID == "K2")
    // The next ones too, should they be rejected.
    #expect(try await credentials.credentials(insteadOf: Self.key(2, until: nil)).accessKeyID == "K3")
  }

  @Test func theSameKeysAgainAreNotAskedForForEver() async throws {
    let source = Source { _, _ in .success(Self.key(1, until: nil)) }
    let credentials = RefreshingCredentials(source)
    let first = try await credentials.credentials()
    for _ in 0..<10 { #expect(try await credentials.credentials(insteadOf: first) == first) }
    #expect(source.log.entries.count == 2)
  }

  @Test func afterARejectionAFailureIsFinal() async throws {
    let source = Source { number, _ in number == 1 ? .success(Self.key(1, until: nil)) : .failure(Self.failure) }
    let credentials = RefreshingCredentials(source)
    let first = try await credentials.credentials()
    for _ in 0..<5 {
      await #expect(throws: Self.failure) { try await credentials.credentials(insteadOf: first) }
      await #expect(throws: Self.failure) { try await credentials.credentials() }
    }
    #expect(source.log.entries.count == 2)
  }

  @Test func aTaskThatIsCancelledTakesNobodyWithIt() async throws {
    let gate = Gate()
    let source = Source(gate: gate) { number, _ in .success(Self.key(number, until: nil)) }
    let credentials = RefreshingCredentials(source)
    let impatient = Task { try await credentials.credentials() }
    while source.log.entries.isEmpty { await Task.yield() }
    let patient = Task { try await credentials.credentials() }
    impatient.cancel()
    await gate.open()
    #expect(try await patient.value.accessKeyID == "K1")
    #expect(source.log.entries.count == 1)
  }
}
