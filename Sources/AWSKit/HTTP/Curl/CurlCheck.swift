internal import CCurl

/// Checks libcurl's result codes. All calls go through one of these, since C functions' results are discarded silently.
enum CurlCheck {
  static func easy(_ code: CURLcode, _ what: StaticString) {
    precondition(code == CURLE_OK, "libcurl refused \(what): \(String(cString: curl_easy_strerror(code)))")
  }

  /// For calls that depend on outside data, which libcurl may reject.
  static func request(_ code: CURLcode, _ what: StaticString) throws(TransportError) {
    guard code != CURLE_OK else { return }
    throw TransportError(
      .other, "the request cannot be sent: libcurl refused \(what): \(String(cString: curl_easy_strerror(code)))")
  }

  static func multi(_ code: CURLMcode, _ what: StaticString) {
    precondition(code == CURLM_OK, "libcurl refused \(what): \(String(cString: curl_multi_strerror(code)))")
  }
}

extension TransportError {
  /// Classifies libcurl's codes by what they mean for a retry.
  init(code: CURLcode, detail: String) {
    let text = ProxySettings.current.scrub(detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail)
    let kind: Kind =
      switch code {
      case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT: .cannotConnect
      case CURLE_OPERATION_TIMEDOUT, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR,
        CURLE_PARTIAL_FILE, CURLE_WEIRD_SERVER_REPLY, CURLE_SSL_CONNECT_ERROR:
        .interrupted
      case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR: .untrusted
      case CURLE_WRITE_ERROR: .responseTooLarge
      default: .other
      }
    self.init(kind, text)
  }

  /// What a proxy said in place of connecting to a host; nil if it did connect, or was not asked.
  ///
  /// - Parameter status: the proxy's answer to CONNECT; 0 for none.
  init?(proxyStatus status: Int) {
    guard status >= 300 else { return nil }
    self.init(status >= 500 ? .interrupted : .refusedByProxy, "the proxy does not connect to this host (\(status))")
  }
}
