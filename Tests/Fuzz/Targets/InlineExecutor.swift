import Dispatch
import Synchronization

/// Runs a task's jobs on the thread that waits for it, so that a fuzzer sees one thread and no time is lost between two.
final class InlineExecutor: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])
  private let arrivals = DispatchSemaphore(value: 0)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    arrivals.signal()
  }

  private func runNext() {
    arrivals.wait()
    let job = jobs.withLock { $0.removeFirst() }
    job.runSynchronously(on: asUnownedTaskExecutor())
  }

  /// Carries `body` out to its end.
  static func run<Output: Sendable>(_ body: @escaping @Sendable () async -> Output) -> Output {
    let executor = InlineExecutor()
    let place = Place<Output>()
    Task(executorPreference: executor) { place.set(await body()) }
    while true {
      if let output = place.get() { return output }
      executor.runNext()
    }
  }

  /// Where the task leaves its output.
  private final class Place<Output: Sendable>: Sendable {
    private let output = Mutex<Output?>(nil)

    func set(_ new: Output) { output.withLock { $0 = new } }
    func get() -> Output? { output.withLock { $0 } }
  }
}
