internal import CCurl
internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread with one libcurl multi handle and its transfers.
///
/// `submit` and `stop` may be called on any thread; everything else happens on the loop's own. The thread waits on
/// epoll and tells libcurl which socket is ready: libcurl's own waiting checks every transfer each time, which costs
/// more the more of them wait for a slow server.
///
/// It is also a `TaskExecutor`: a task that sends one request after another, with little work in between, then never
/// waits for another thread to wake up.
final class CurlLoop: TaskExecutor {
  private struct Inbox {
    var transfers: [CurlTransfer] = []
    var jobs: [UnownedJob] = []
    /// Room for the answers of transfers that wait for it.
    var rooms: [(transfer: UInt64, room: BodyRoom)] = []
    var isStopping = false
    /// Whether read requests are abandoned.
    var abandonsReads = false

    var isEmpty: Bool { transfers.isEmpty && jobs.isEmpty && rooms.isEmpty }
  }

  /// Transfers waiting to be started. A transfer is handed over, never shared.
  private let inbox = Mutex(Inbox())
  private let poller = SocketPoller()
  /// The ID of the loop's thread, once it runs.
  private let thread = Atomic<UInt>(0)
  private let transferID = Atomic<UInt64>(0)
  private let options: CurlTransport.Options

  init(options: CurlTransport.Options) {
    CurlLoop.initializeLibrary
    self.options = options
    start()
  }

  /// libcurl must be initialized once, before any other use and before any thread uses it.
  private static let initializeLibrary: Void = {
    CurlCheck.easy(curl_global_init(Int(CURL_GLOBAL_ALL)), "to be initialized")
    // OpenSSL writes without MSG_NOSIGNAL; a closed connection must be an error, not kill the process.
    signal(SIGPIPE, SIG_IGN)
    // Listing pages are allocated by the thousand. Large blocks are returned to the system, or glibc would keep the
    // peak; smaller ones are kept for reuse.
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

  /// Gives room to a transfer's answer. If the transfer has ended, the room is given back.
  func grant(_ room: BodyRoom, to transfer: UInt64) {
    let isFirst = inbox.withLock { inbox in
      defer { inbox.rooms.append((transfer, room)) }
      return inbox.isEmpty
    }
    if isFirst { wakeUp() }
  }

  func nextTransferID() -> UInt64 { transferID.wrappingAdd(1, ordering: .relaxed).newValue }

  /// Called by the thread that found the inbox empty; the loop takes everything in it. The loop's own thread checks the
  /// inbox before it waits.
  private func wakeUp() {
    if pthread_equal(pthread_self(), pthread_t(thread.load(ordering: .relaxed))) == 0 { poller.wakeUp() }
  }

  /// Ends the thread once the transfers in flight are finished.
  func stop() {
    inbox.withLock { $0.isStopping = true }
    poller.wakeUp()
  }

  /// Fails all read transfers, those in flight and those to come.
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
    // Kept here, not only by libcurl: a Swift object may be released after its last use.
    var active: [UnsafeMutableRawPointer: (handle: CurlHandle, transfer: CurlTransfer)] = [:]
    var idle: [CurlHandle] = []
    var coalescing = WakeUpCoalescing()
    thread.store(UInt(pthread_self()), ordering: .relaxed)
    func finishTransfers() -> Int {
      var count = 0
      multi.forEachFinished { easy, result in
        guard let (handle, transfer) = active.removeValue(forKey: easy) else { return }
        transfer.finish(result, on: handle)
        idle.append(handle)
        count += 1
      }
      return count
    }
    /// Takes what has arrived. It is let go before the loop waits: it has room for answers, which others may wait for.
    ///
    /// - Returns: false at the end.
    func begin() -> Bool {
      let arrived = takeInbox()
      if arrived.isStopping && arrived.isEmpty && active.isEmpty { return false }
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
        for (handle, transfer) in active.values where RequestKind(transfer.request.method) == .read {
          transfer.abandon(TransportError(.interrupted, "the run was stopped"))
          if transfer.awaitsRoom { multi.resume(handle.easy) }
        }
      }
      for (id, room) in arrived.rooms {
        guard let (handle, transfer) = active.values.first(where: { $0.transfer.id == id }) else { continue }
        transfer.take(room)
        multi.resume(handle.easy)
      }
      for job in arrived.jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
      return true
    }
    while begin() {
      // Begins transfers, and may end some.
      multi.workOnTime()
      var answers = finishTransfers()
      let isBusy = inbox.withLock { !$0.isEmpty }
      // Those who submit something meanwhile wait for as long; a transfer that is given up does not matter.
      if !isBusy, let delay = coalescing.delay(inFlight: active.count, at: Self.seconds()) {
        usleep(UInt32(delay * 1e6))
      }
      multi.waitAndWork(isBusy: isBusy)
      answers += finishTransfers()
      coalescing.wokeUp(answers: answers, at: Self.seconds())
    }
    // libcurl requires easy handles to be freed before the multi handle.
    idle.removeAll()
    withExtendedLifetime(multi) {}
  }

  private static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private func takeInbox() -> Inbox {
    let box = inbox.withLock { inbox in
      let box = UncheckedBox(inbox)
      inbox.transfers = []
      inbox.jobs = []
      inbox.rooms = []
      return box
    }
    return box.value
  }
}

/// Carries a value across a boundary that the compiler cannot check: a transfer has one owner at a time.
private struct UncheckedBox<Value>: @unchecked Sendable {
  let value: Value

  init(_ value: Value) {
    self.value = value
  }
}
