internal import CCurl
internal import Glibc

/// A libcurl multi handle driven by a `SocketPoller`. Belongs to one loop's thread.
final class CurlMulti {
  private let multi: UnsafeMutableRawPointer
  private let poller: SocketPoller
  /// When libcurl wants to be called even if nothing happens, in milliseconds of the monotonic clock; nil for never.
  private var deadline: Int?

  init(poller: SocketPoller, maximumConnections: Int) {
    guard let multi = curl_multi_init() else { fatalError("libcurl is out of memory") }
    self.multi = multi
    self.poller = poller
    CurlCheck.multi(
      fixacl_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, maximumConnections), "the number of connections")
    let this = Unmanaged.passUnretained(self).toOpaque()
    CurlCheck.multi(fixacl_curl_multi_set_callbacks(multi, Self.watch, Self.setTimer, this), "its callbacks")
  }

  deinit {
    CurlCheck.multi(curl_multi_cleanup(multi), "to end")
  }

  func add(_ easy: UnsafeMutableRawPointer) {
    CurlCheck.multi(curl_multi_add_handle(multi, easy), "a transfer")
  }

  /// Goes on with a transfer whose body was paused. What libcurl has kept of it arrives within the call, or later.
  func resume(_ easy: UnsafeMutableRawPointer) {
    CurlCheck.easy(fixacl_curl_resume(easy), "to go on")
  }

  /// Waits until a socket is ready, the loop is woken up or libcurl's timer expires, then lets libcurl work.
  ///
  /// - Parameter isBusy: whether there is other work, so that it must not wait.
  func waitAndWork(isBusy: Bool) {
    let timeout = isBusy ? 0 : deadline.map { max(0, $0 - Self.milliseconds()) }
    poller.wait(milliseconds: timeout) { socket, isReadable, isWritable, hasFailed in
      var mask: Int32 = 0
      if isReadable { mask |= CURL_CSELECT_IN }
      if isWritable { mask |= CURL_CSELECT_OUT }
      if hasFailed { mask |= CURL_CSELECT_ERR }
      work(on: socket, mask)
    }
    workOnTime()
  }

  /// Lets libcurl work if its timer has expired: it begins new transfers then.
  func workOnTime() {
    guard let deadline, deadline <= Self.milliseconds() else { return }
    self.deadline = nil
    work(on: fixacl_curl_socket_timeout, 0)
  }

  /// Passes on the transfers that have ended since the last call, each with libcurl's result.
  func forEachFinished(_ body: (UnsafeMutableRawPointer, CURLcode) -> Void) {
    var remaining: Int32 = 0
    while let message = curl_multi_info_read(multi, &remaining) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
      let result = fixacl_curl_message_result(message)
      CurlCheck.multi(curl_multi_remove_handle(multi, easy), "to let a transfer go")
      body(easy, result)
    }
  }

  private func work(on socket: Int32, _ mask: Int32) {
    var running: Int32 = 0
    CurlCheck.multi(curl_multi_socket_action(multi, socket, mask, &running), "to work")
  }

  private static func milliseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> CurlMulti {
    Unmanaged<CurlMulti>.fromOpaque(context!).takeUnretainedValue()
  }

  /// Watches a socket. Called on the loop's thread from within libcurl; must not call libcurl.
  private static let watch: curl_socket_callback = { _, socket, what, context, _ in
    let poller = CurlMulti.from(context).poller
    switch what {
    case CURL_POLL_IN: poller.watch(socket, forReading: true, forWriting: false)
    case CURL_POLL_OUT: poller.watch(socket, forReading: false, forWriting: true)
    case CURL_POLL_INOUT: poller.watch(socket, forReading: true, forWriting: true)
    default: poller.forget(socket)
    }
    return 0
  }

  /// Sets the timer in milliseconds; -1 for none. The same rules apply.
  private static let setTimer: curl_multi_timer_callback = { _, timeout, context in
    CurlMulti.from(context).deadline = timeout < 0 ? nil : milliseconds() + timeout
    return 0
  }
}
