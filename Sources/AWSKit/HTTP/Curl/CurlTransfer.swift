internal import CCurl

/// One request in flight. Belongs to its loop's thread from its submission until `finish`; its easy handle is then
/// reused for another transfer.
final class CurlTransfer {
  let request: HTTPRequest
  private let completion: @Sendable (Result<HTTPResponse, TransportError>) -> Void
  private var response = HTTPResponse(status: 0)
  /// libcurl uses them until the transfer ends.
  private let headers: CurlHeaders
  private var isTooLarge = false
  private let budget: BodyBudget
  /// Tells it from the others of its loop.
  let id: UInt64
  private let loop: CurlLoop
  /// Whether it is paused until there is room for its answer.
  private(set) var awaitsRoom = false
  /// Whether all answers together were too long.
  private var isOverBudget = false
  /// Whether nobody waits for the answer any more.
  private var isAbandoned = false
  /// Whether the empty line after the headers has arrived.
  private var isHeadWhole = false

  init(
    request: HTTPRequest, headers: CurlHeaders, budget: BodyBudget, loop: CurlLoop,
    completion: @escaping @Sendable (Result<HTTPResponse, TransportError>) -> Void
  ) {
    self.request = request
    self.headers = headers
    self.budget = budget
    self.loop = loop
    id = loop.nextTransferID()
    self.completion = completion
  }

  /// The longest URL: three bytes for each byte of the longest key and of two IDs, plus a few hundred.
  private static let maximumURLLength = 32 << 10
  /// The longest headers of a request or an answer; S3's have at most 8 KB.
  private static let maximumHeaderBytes = 256 << 10

  /// Sets all options that differ between requests.
  ///
  /// - Throws: if the request cannot be sent; the handle stays usable.
  func prepare(_ handle: CurlHandle) throws(TransportError) {
    let easy = handle.easy
    let url = request.url
    guard url.utf8.count <= Self.maximumURLLength else {
      throw TransportError(.other, "the request cannot be sent: its URL would have \(url.utf8.count) bytes")
    }
    guard headers.byteCount <= Self.maximumHeaderBytes else {
      throw TransportError(.other, "the request cannot be sent: its headers would have \(headers.byteCount) bytes")
    }
    try CurlCheck.request(fixacl_curl_set_string(easy, CURLOPT_URL, url), "the URL")
    switch request.method {
    case .get:
      CurlCheck.easy(fixacl_curl_set_long(easy, CURLOPT_HTTPGET, 1), "GET")
      CurlCheck.easy(fixacl_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, nil), "GET")
    case .head:
      CurlCheck.easy(fixacl_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, nil), "HEAD")
      CurlCheck.easy(fixacl_curl_set_long(easy, CURLOPT_NOBODY, 1), "HEAD")
    case .delete where request.body.isEmpty:
      CurlCheck.easy(fixacl_curl_set_long(easy, CURLOPT_HTTPGET, 1), "DELETE")
      CurlCheck.easy(fixacl_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, "DELETE"), "DELETE")
    case .put, .post, .delete:
      // As a POST with another name: libcurl's upload mode waits for "100 Continue" and needs a read callback. The size
      // comes first, since COPYPOSTFIELDS copies that many bytes.
      CurlCheck.easy(fixacl_curl_set_long(easy, CURLOPT_NOBODY, 0), "a body")
      CurlCheck.easy(fixacl_curl_set_long(easy, CURLOPT_POST, 1), "a body")
      CurlCheck.easy(
        fixacl_curl_set_long(easy, CURLOPT_POSTFIELDSIZE, request.body.count), "the body's size")
      let code = request.body.withUnsafeBytes { body in
        let start = body.baseAddress ?? UnsafeRawPointer(handle.errorBuffer)
        return fixacl_curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
      }
      try CurlCheck.request(code, "the body")
      CurlCheck.easy(
        fixacl_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue), "the method")
    }
    let stallTimeout = request.stallTimeoutSeconds ?? handle.stallTimeoutSeconds
    CurlCheck.easy(fixacl_curl_set_long(easy, CURLOPT_LOW_SPEED_TIME, stallTimeout), "the stall timeout")
    CurlCheck.easy(
      fixacl_curl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, request.minimumBytesPerSecond), "the rate floor")
    CurlCheck.easy(fixacl_curl_set_long(easy, CURLOPT_TIMEOUT, request.deadlineSeconds ?? 0), "the deadline")
    CurlCheck.easy(fixacl_curl_set_headers(easy, headers.list), "the headers")
    let this = Unmanaged.passUnretained(self).toOpaque()
    CurlCheck.easy(fixacl_curl_set_pointer(easy, CURLOPT_WRITEDATA, this), "the transfer")
    CurlCheck.easy(fixacl_curl_set_pointer(easy, CURLOPT_HEADERDATA, this), "the transfer")
    CurlCheck.easy(fixacl_curl_set_pointer(easy, CURLOPT_PREREQDATA, this), "the transfer")
    handle.errorBuffer[0] = 0
  }

  /// Ends the transfer: frees what the handle used, and resumes the waiting task.
  func finish(_ code: CURLcode, on handle: CurlHandle) {
    CurlCheck.easy(fixacl_curl_set_headers(handle.easy, nil), "the headers")
    guard !isAbandoned else { return }
    guard code == CURLE_OK else {
      completion(.failure(error(code, on: handle)))
      return
    }
    var status = 0
    CurlCheck.easy(fixacl_curl_get_long(handle.easy, CURLINFO_RESPONSE_CODE, &status), "the status")
    // libcurl accepts a connection that ends within the headers; an answer without a body would pass as complete.
    guard isHeadWhole, status >= 200 else {
      completion(.failure(TransportError(.interrupted, "the connection ended within the headers")))
      return
    }
    response.status = status
    completion(.success(response))
  }

  /// Why there is no answer.
  private func error(_ code: CURLcode, on handle: CurlHandle) -> TransportError {
    if code == CURLE_ABORTED_BY_CALLBACK {
      return TransportError(.interrupted, "the connection was closed before an answer came")
    }
    if isTooLarge {
      return TransportError(.responseTooLarge, "the answer is longer than \(request.maximumResponseBytes) bytes")
    }
    if isOverBudget { return TransportError(.interrupted, "the answers in flight together are too long") }
    // Of a URL it is said before anything is sent.
    if code == CURLE_UNSUPPORTED_PROTOCOL, timesSent > 0 {
      return TransportError(.interrupted, "the answer is not HTTP")
    }
    var proxyStatus = 0
    CurlCheck.easy(
      fixacl_curl_get_long(handle.easy, CURLINFO_HTTP_CONNECTCODE, &proxyStatus), "the proxy's status")
    return TransportError(proxyStatus: proxyStatus)
      ?? TransportError(code: code, detail: String(cString: handle.errorBuffer))
  }

  /// Fails the waiting task. The transfer itself continues, and its answer is ignored.
  func abandon(_ error: TransportError) {
    guard !isAbandoned else { return }
    isAbandoned = true
    completion(.failure(error))
  }

  /// Takes the room that the answer waits for; the transfer can go on then.
  func take(_ room: BodyRoom) {
    response.room = room
    awaitsRoom = false
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
    context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Called on the loop's thread before the request is written to a connection; the rules of `bodySink` apply.
  ///
  /// If a kept connection is closed without a byte of answer, libcurl repeats the request by itself, whatever its
  /// method. The server may have carried it out already.
  static let beforeRequest: curl_prereq_callback = { context, _, _, _, _ in
    guard let transfer = from(context) else { return CURL_PREREQFUNC_ABORT }
    transfer.timesSent += 1
    return transfer.timesSent == 1 || transfer.request.maySendTwice ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
  }

  private var timesSent = 0

  /// Called on the loop's thread from within `curl_multi_perform`, once for each piece of the body. Must not call
  /// libcurl. Returning a different count ends the transfer with an error, but for that of a pause: libcurl then calls
  /// again with the same piece when the transfer goes on.
  static let bodySink: fixacl_curl_sink = { bytes, size, count, context in
    guard let bytes, let transfer = from(context) else { return 0 }
    let length = size * count
    if !transfer.hasRoom(for: transfer.response.body.count + length) { return fixacl_curl_pause }
    transfer.bodyBytes += length
    guard transfer.bodyBytes <= (transfer.isError ? maximumErrorBytes : transfer.request.maximumResponseBytes) else {
      transfer.isTooLarge = true
      return 0
    }
    if transfer.isAbandoned { return length }
    // The rest of a long error is of no use, but must be read before the connection can be reused.
    let room = transfer.isError ? max(0, keptErrorBytes - transfer.response.body.count) : length
    guard transfer.response.room?.grow(to: transfer.response.body.count + min(length, room)) ?? true else {
      transfer.isOverBudget = true
      return 0
    }
    transfer.reserve(forPiece: length)
    transfer.response.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: min(length, room)))
    return length
  }

  /// Called on the loop's thread for each header line; the rules of `bodySink` apply.
  static let headerSink: fixacl_curl_sink = { bytes, size, count, context in
    guard let bytes, let transfer = from(context) else { return 0 }
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    // A status line begins a new block: the previous one was a 100 Continue, or a proxy's.
    if line.first == UInt8(ascii: "H"), line.starts(with: "HTTP/".utf8) {
      // The status code follows the version and a blank; its first digit shows success.
      transfer.isError = line.dropFirst(5).drop { $0 != 0x20 }.dropFirst().first.map { $0 != UInt8(ascii: "2") } ?? true
      transfer.response.headers.removeAll()
      transfer.isHeadWhole = false
    } else if line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n") {
      transfer.isHeadWhole = true
    }
    transfer.headerBytes += line.count
    guard transfer.headerBytes <= maximumHeaderBytes else {
      transfer.isTooLarge = true
      return 0
    }
    transfer.response.headers.append(line: line)
    return line.count
  }

  private var headerBytes = 0
  private var bodyBytes = 0
  /// Whether the status line reports an error.
  private var isError = false

  /// How much of an error is kept, and how much is read.
  private static let keptErrorBytes = 64 << 10
  private static let maximumErrorBytes = 16 << 20

  /// - Returns: false if it has to wait until other answers are read.
  private func hasRoom(for count: Int) -> Bool {
    guard response.room == nil, count > BodyRoom.freeBytes, !isAbandoned,
      request.maximumResponseBytes > BodyRoom.freeRequestBytes
    else { return true }
    let announced = isError ? Self.keptErrorBytes : response.headers["content-length"].flatMap { Int($0) }
    response.room = budget.room(for: count, announced: announced.map { min($0, request.maximumResponseBytes) }) {
      [id, loop] in loop.grant($0, to: id)
    }
    awaitsRoom = response.room == nil
    return !awaitsRoom
  }

  /// Reserves the announced length once: a growing array takes up to twice as much, and a listing has many in flight. Not
  /// before there is room for it: hundreds may wait for theirs with their first piece.
  ///
  /// - Parameter count: the size of a piece; small bodies arrive in one.
  private func reserve(forPiece count: Int) {
    guard !hasReserved, count > Self.smallBody, !isError,
      response.room != nil || request.maximumResponseBytes <= BodyRoom.freeRequestBytes,
      let length = response.headers["content-length"].flatMap({ Int($0) })
    else { return }
    hasReserved = true
    response.body.reserveCapacity(min(length, request.maximumResponseBytes))
  }

  private var hasReserved = false
  private static let smallBody = 4 << 10
}
