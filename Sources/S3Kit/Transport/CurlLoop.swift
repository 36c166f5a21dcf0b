internal import CCurl
internal import Glibc
internal import Synchronization

/// One thread with one multi handle of libcurl, and the transfers on it.
///
/// `submit` and `stop` may be called on any thread; everything else happens on the loop's own.
final class CurlLoop: Sendable {
  private struct Inbox {
    var transfers: [CurlTransfer] = []
    var isStopping = false
  }

  /// Transfers that wait to be picked up. A transfer is handed over, never shared.
  private let inbox = Mutex(Inbox())
  /// Only `curl_multi_wakeup` is called on it from other threads, as libcurl allows.
  nonisolated(unsafe) private let multi: UnsafeMutableRawPointer
  private let options: CurlTransport.Options

  init(options: CurlTransport.Options) {
    CurlLoop.initializeLibrary
    guard let multi = curl_multi_init() else { fatalError("libcurl is out of memory") }
    self.multi = multi
    self.options = options
    CurlCheck.multi(
      fixacl_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, options.maximumConnectionsPerLoop),
      "the number of connections")
    start()
  }

  /// libcurl must be told once, before anything else, and before there are threads that use it.
  private static let initializeLibrary: Void = {
    CurlCheck.easy(curl_global_init(Int(CURL_GLOBAL_ALL)), "to be initialized")
    // OpenSSL writes without MSG_NOSIGNAL; a closed connection must be an error, not the end.
    signal(SIGPIPE, SIG_IGN)
  }()

  func submit(_ transfer: sending CurlTransfer) {
    let box = UncheckedBox(transfer)
    let isStopping = inbox.withLock { inbox in
      if !inbox.isStopping { inbox.transfers.append(box.value) }
      return inbox.isStopping
    }
    guard !isStopping else {
      box.value.abandon(TransportError(.other, "the transport is shut down"))
      return
    }
    CurlCheck.multi(curl_multi_wakeup(multi), "to wake up")
  }

  /// Ends the thread once the transfers under way are finished.
  func stop() {
    // Within the lock: as soon as the thread sees the flag, it may end, and the multi handle with it.
    inbox.withLock { inbox in
      inbox.isStopping = true
      CurlCheck.multi(curl_multi_wakeup(multi), "to wake up")
    }
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
    // Held here and not by libcurl alone: a Swift object may die after its last use.
    var active: [UnsafeMutableRawPointer: (handle: CurlHandle, transfer: CurlTransfer)] = [:]
    var idle: [CurlHandle] = []
    while true {
      let (arrived, isStopping) = takeInbox()
      if isStopping && arrived.isEmpty && active.isEmpty { break }
      for transfer in arrived {
        let handle = idle.popLast() ?? CurlHandle(options: options)
        transfer.prepare(handle)
        active[handle.easy] = (handle, transfer)
        CurlCheck.multi(curl_multi_add_handle(multi, handle.easy), "a transfer")
      }
      var running: Int32 = 0
      CurlCheck.multi(curl_multi_perform(multi, &running), "to work")
      var remaining: Int32 = 0
      while let message = curl_multi_info_read(multi, &remaining) {
        guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
        let result = fixacl_curl_message_result(message)
        CurlCheck.multi(curl_multi_remove_handle(multi, easy), "to let a transfer go")
        guard let (handle, transfer) = active.removeValue(forKey: easy) else { continue }
        transfer.finish(result, on: handle)
        idle.append(handle)
      }
      CurlCheck.multi(curl_multi_poll(multi, nil, 0, 1000, nil), "to wait")
    }
    idle.removeAll()
    CurlCheck.multi(curl_multi_cleanup(multi), "to end")
  }

  private func takeInbox() -> ([CurlTransfer], Bool) {
    let box = inbox.withLock { inbox in
      let box = UncheckedBox((inbox.transfers, inbox.isStopping))
      inbox.transfers = []
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
