internal import NIOHTTP1
internal import AWSKit

/// What the edge answers itself, without an origin.
struct EdgeRefusal: Error {
  enum Body: Sendable {
    /// The page "The request could not be satisfied", with sentences of its own.
    case page(String)
    /// The document of signed URLs and cookies.
    case document(code: String, message: String)
    /// A text that a function answered.
    case text(String)
  }

  let status: Int
  let body: Body
  var location: String?
  /// The value of `X-Cache`.
  var cacheStatus = "Error from cloudfront"
  /// What the log says of it in detail (`x-edge-detailed-result-type`); nil for no more than elsewhere.
  var detailedResultType: String?
  /// Whether a custom error page may stand for it.
  var mayBeReplaced = false

  /// The last sentences of pages that AWS WAF and unknown domain names bring.
  private static let unavailable =
    "We can't connect to the server for this app or website at this time. There might be too much traffic or a "
    + "configuration error. Try again later, or contact the app or website owner."

  /// A Host that is no alias of a distribution (re:Post: "How do I troubleshoot 403 errors from CloudFront?").
  static let unknownHost = EdgeRefusal(status: 403, body: .page("Bad request. " + unavailable))

  /// AWS WAF (same page; Developer Guide: "Use AWS WAF protections").
  static let webACL = EdgeRefusal(
    status: 403, body: .page("Request blocked. " + unavailable),
    detailedResultType: "InvalidRequestBlocked", mayBeReplaced: true)

  /// Developer Guide: "Restrict the geographic distribution of your content".
  static let country = EdgeRefusal(
    status: 403,
    body: .page(
      "The Amazon CloudFront distribution is configured to block access from your country. " + unavailable),
    detailedResultType: "ClientGeoBlocked", mayBeReplaced: true)

  /// Developer Guide: "HTTP 403 status code (Invalid method)".
  static let method = EdgeRefusal(
    status: 403,
    body: .page(
      "This distribution is not configured to allow the HTTP request method that was used for this request. The "
        + "distribution supports only cachable requests."),
    detailedResultType: "InvalidRequestMethod")

  /// AWS documents the status only (API Reference: DefaultCacheBehavior, ViewerProtocolPolicy).
  static let onlyHTTPS = EdgeRefusal(status: 403, body: .page("Bad request."))

  /// AWS does not document in which words.
  static let disabled = EdgeRefusal(status: 403, body: .page("Bad request. The distribution is disabled."))

  /// re:Post: "How do I troubleshoot issues related to signed URLs or signed cookies in CloudFront?"
  static let noSignature = EdgeRefusal(
    status: 403,
    body: .document(code: "MissingKey", message: "Missing Key-Pair-Id query parameter or cookie value"),
    mayBeReplaced: true)

  /// The sandbox has no keys, so that it knows none of those that sign.
  static let unknownKey = EdgeRefusal(
    status: 403, body: .document(code: "InvalidKey", message: "Unknown Key"), mayBeReplaced: true)

  static func redirect(to location: String) -> EdgeRefusal {
    EdgeRefusal(status: 301, body: .text(""), location: location, cacheStatus: "Redirect from cloudfront")
  }

  /// What a function that answers itself says (Developer Guide: "x-edge-result-type" and `X-Cache` of generated answers).
  static func function(isLambda: Bool) -> EdgeRefusal {
    EdgeRefusal(
      status: 403, body: .text("Forbidden\n"),
      cacheStatus: isLambda ? "LambdaGeneratedResponse from cloudfront" : "FunctionGeneratedResponse from cloudfront")
  }

  /// - Parameter requestID: the value of `X-Amz-Cf-Id`.
  func response(requestID: String) -> SandboxResponse {
    var response = SandboxResponse(status)
    switch body {
    case .page(let text):
      response.headers.add(name: "Content-Type", value: "text/html")
      response.body = Array(Self.page(status: status, text, requestID: requestID).utf8)
    case .document(let code, let message):
      response = .xml("Error", status: status) { writer in
        writer.element("Code", text: code)
        writer.element("Message", text: message)
      }
      response.headers.replaceOrAdd(name: "Content-Type", value: "text/xml")
    case .text(let text):
      if !text.isEmpty { response.headers.add(name: "Content-Type", value: "text/plain") }
      response.body = Array(text.utf8)
    }
    if let location { response.headers.add(name: "Location", value: location) }
    return response
  }

  private static func page(status: Int, _ text: String, requestID: String) -> String {
    """
    <!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">
    <HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=iso-8859-1">
    <TITLE>ERROR: The request could not be satisfied</TITLE>
    </HEAD><BODY>
    <H1>\(status) ERROR</H1>
    <H2>The request could not be satisfied.</H2>
    <HR noshade size="1px">
    \(text)
    <BR clear="all">
    If you provide content to customers through CloudFront, you can find steps to troubleshoot and help prevent this \
    error by reviewing the CloudFront documentation.
    <BR clear="all">
    <HR noshade size="1px">
    <PRE>
    Generated by cloudfront (CloudFront)
    Request ID: \(requestID)
    </PRE>
    <ADDRESS>
    </ADDRESS>
    </BODY></HTML>
    """
  }
}

extension EdgeRefusal {
  /// A fault, or what the sandbox does not do, on a page of the edge.
  init(_ error: ServiceError) {
    self.init(status: error.status, body: .page(error.message))
  }
}
