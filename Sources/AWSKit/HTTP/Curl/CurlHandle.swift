internal import CCurl

/// A libcurl easy handle with the options common to all requests. Belongs to one loop's thread.
final class CurlHandle {
  let easy: UnsafeMutableRawPointer
  /// libcurl writes its detailed error message here.
  let errorBuffer: UnsafeMutablePointer<CChar>
  /// The stall timeout of transfers that do not set their own, in seconds.
  let stallTimeoutSeconds: Int

  init(options: CurlTransport.Options) {
    guard let easy = curl_easy_init() else { fatalError("libcurl is out of memory") }
    self.easy = easy
    stallTimeoutSeconds = options.stallTimeoutSeconds
    errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))

    let numbers: [(CURLoption, Int)] = [
      // libcurl's timeouts must not use SIGALRM in a threaded program.
      (CURLOPT_NOSIGNAL, 1),
      // Keys may contain "../"; resolving it would change the signed path.
      (CURLOPT_PATH_AS_IS, 1),
      (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)),
      (CURLOPT_FOLLOWLOCATION, 0),
      (CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeoutMilliseconds),
      (CURLOPT_TCP_KEEPALIVE, 1),
    ]
    for (option, value) in numbers {
      CurlCheck.easy(fixacl_curl_set_long(easy, option, value), "an option")
    }
    CurlCheck.easy(fixacl_curl_set_string(easy, CURLOPT_USERAGENT, options.userAgent), "the user agent")
    CurlCheck.easy(fixacl_curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https"), "the protocols")
    // Without this, libcurl would look in the environment for each request.
    if !options.usesProxies || ProxySettings.current.isEmpty {
      CurlCheck.easy(fixacl_curl_set_string(easy, CURLOPT_PROXY, ""), "no proxy")
    }
    if let bundle = options.certificateBundle {
      CurlCheck.easy(fixacl_curl_set_string(easy, CURLOPT_CAINFO, bundle), "the CA bundle")
    }
    CurlCheck.easy(
      fixacl_curl_set_sink(easy, CURLOPT_WRITEFUNCTION, CurlTransfer.bodySink), "the body's sink")
    CurlCheck.easy(
      fixacl_curl_set_sink(easy, CURLOPT_HEADERFUNCTION, CurlTransfer.headerSink), "the headers' sink")
    CurlCheck.easy(fixacl_curl_set_before_request(easy, CurlTransfer.beforeRequest), "the callback before requests")
    CurlCheck.easy(fixacl_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorBuffer), "the error buffer")
  }

  deinit {
    curl_easy_cleanup(easy)
    errorBuffer.deallocate()
  }
}
