internal import CCurl
internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread with one multi handle of libcurl, and the transfers on it.
///
/// `submit` and `stop` may be called on any thread; everything else happens on the loop's own. The thread waits on
/// epoll and tells libcurl which socket is ready: libcurl's own waiting looks at every transfer each time, which costs
/// more the more of them wait for a slow server.
///
/// It also runs tasks that prefer it (`TaskExecutor`): what sends one request after the other, and does little in between,
/// then never waits for another thread to wake up.
final class CurlLoop: TaskExecutor {
  private struct Inbox {
    var transfers: [CurlTransfer] = []
    var jobs: [UnownedJob] = []
    var isStopping = false
    /// Whether nobody waits for what is only read any more.
    var abandonsReads = false

    var isEmpty: Bool { transfers.isEmpty && jobs.isEmpty }
  }

  /// Transfers that wait to be picked up. A transfer is handed over, never shared.
  private let inbox = Mutex(Inbox())
  private let poller = SocketPoller()
  /// The loop's own, once it runs.
  private let thread = Atomic<UInt>(0)
  private let options: CurlTransport.Options

  init(options: CurlTransport.Options) {
    CurlLoop.initializeLibrary
    self.options = options
    start()
  }

  /// libcurl must be told once, before anything else, and before there are threads that use it.
  private static let initializeLibrary: Void = {
    CurlCheck.easy(curl_global_init(Int(CURL_GLOBAL_ALL)), "to be initialized")
    // OpenSSL writes without MSG_NOSIGNAL; a closed connection must be an error, not the end.
    signal(SIGPIPE, SIG_IGN)
    // Pages of listings come and go by the thousand. What is large is given back, or glibc keeps all that it ever took;
    // what is smaller is not asked for anew each time.
    _ = mallopt(M_MMAP_THRESHOLD, 1 << 20)
    _ = mallopt(M_TRIM_THRESHOLD, 4 << 20)
  }()

  func submit(_ transfer: sending CurlTransfer) {
    let box = UncheckedBox(transfer)
    let (isStopping, isFirst) = inbox.withLock { inbox in
      let isFirst = inbox.isEmpty
      if !inbox.isStopping { inbox.transfers.append(box.value) }
      return (inbox.isStopping, isFirst)
    }
    guard !isStopping else {
      box.value.abandon(TransportError(.other, "the transport is shut down"))
      return
    }
    if isFirst { wakeUp() }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isFirst = inbox.withLock { inbox in
      defer { inbox.jobs.append(job) }
      return inbox.isEmpty
    }
    if isFirst { wakeUp() }
  }

  /// Called by whoever found the inbox empty; the loop takes all there is. Its own thread looks there before it waits.
  private func wakeUp() {
    if pthread_equal(pthread_self(), pthread_t(thread.load(ordering: .relaxed))) == 0 { poller.wakeUp() }
  }

  /// Ends the thread once the transfers under way are finished.
  func stop() {
    inbox.withLock { $0.isStopping = true }
    poller.wakeUp()
  }

  /// Gives up the transfers under way that only read, and whichever come later.
  func abandonReads() {
    inbox.withLock { $0.abandonsReads = true }
    poller.wakeUp()
  }

  private func start() {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { context in
        let loop = Unmanaged<CurlLoop>.fromOpaque(context!).takeRetainedValue()
        loop.run()
        return nil
      }, context)
    precondition(code == 0, "no thread could be started: \(String(cString: strerror(code)))")
    pthread_detach(thread)
  }

  private func run() {
    let multi = CurlMulti(poller: poller, maximumConnections: options.maximumConnectionsPerLoop)
    // Held here and not by libcurl alone: a Swift object may die after its last use.
    var active: [UnsafeMutableRawPointer: (handle: CurlHandle, transfer: CurlTransfer)] = [:]
    var idle: [CurlHandle] = []
    thread.store(UInt(pthread_self()), ordering: .relaxed)
    while true {
      let arrived = takeInbox()
      if arrived.isStopping && arrived.isEmpty && active.isEmpty { break }
      for transfer in arrived.transfers {
        let handle = idle.popLast() ?? CurlHandle(options: options)
        do throws(TransportError) {
          try transfer.prepare(handle)
        } catch {
          idle.append(handle)
          transfer.abandon(error)
          continue
        }
        active[handle.easy] = (handle, transfer)
        multi.add(handle.easy)
      }
      if arrived.abandonsReads {
        for (_, transfer) in active.values where RequestKind(transfer.request.method) == .read {
          transfer.abandon(TransportError(.interrupted, "the run was stopped"))
        }
      }
      for job in arrived.jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
      multi.waitAndWork(isBusy: inbox.withLock { !$0.isEmpty })
      multi.forEachFinished { easy, result in
        guard let (handle, transfer) = active.removeValue(forKey: easy) else { return }
        transfer.finish(result, on: handle)
        idle.append(handle)
      }
    }
    // libcurl wants them gone before the multi handle.
    idle.removeAll()
    withExtendedLifetime(multi) {}
  }

  private func takeInbox() -> Inbox {
    let box = inbox.withLock { inbox in
      let box = UncheckedBox(inbox)
      inbox.transfers = []
      inbox.jobs = []
      return box
    }
    return box.value
  }
}

/// Carries a value over a boundary that the compiler cannot see to be safe: the transfer has one owner at a time.
private struct UncheckedBox<Value>: @unchecked Sendable {
  let value: Value

  init(_ value: Value) {
    self.value = value
  }
}
