internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOTLS

/// One listening port, and what answers on it.
///
/// Requests are collected whole, answered on the event loop's thread, and written; an answer may be delayed, cut or
/// broken off, as faults ask for.
final class HTTPListener: Sendable {
  typealias Answer = @Sendable (SandboxRequest) -> Delivery
  /// The answer to a request whose body is not there yet; nil where the body is wanted.
  typealias Refusal = @Sendable (SandboxRequest) -> Delivery?

  let port: Int
  private let channel: any Channel

  /// - Parameters:
  ///   - port: 0 for any.
  ///   - authority: makes the certificates for TLS; nil for plain HTTP.
  ///   - opened: told of each connection.
  ///   - refusal: asked where a client waits for leave to send the body (`Expect: 100-continue`).
  init(
    port: Int, group: any EventLoopGroup, authority: CertificateAuthority?, opened: @escaping @Sendable () -> Void,
    refusal: @escaping Refusal = { _ in nil }, answer: @escaping Answer
  ) async throws {
    let isSecure = authority != nil
    channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        opened()
        guard let authority else {
          return channel.eventLoop.makeCompletedFuture { try Self.speakHTTP(on: channel, isSecure, answer, refusal) }
        }
        return channel.eventLoop.makeCompletedFuture {
          // The name for which a client wants a certificate is in its first message.
          let handler = SNIHandler { result in
            channel.eventLoop.makeCompletedFuture {
              let host: String? = if case .hostname(let name) = result { name } else { nil }
              try channel.pipeline.syncOperations.addHandler(
                NIOSSLServerHandler(context: authority.context(host: host)))
              try Self.speakHTTP(on: channel, isSecure, answer, refusal)
            }
          }
          try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(handler))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    self.port = channel.localAddress?.port ?? port
  }

  func close() async {
    try? await channel.close()
  }

  private static func speakHTTP(
    on channel: any Channel, _ isSecure: Bool, _ answer: @escaping Answer, _ refusal: @escaping Refusal
  ) throws {
    // No client of S3 sends a request before it has the answer to the one before, and the answers are our own: without
    // these checks a request costs a tenth less.
    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
      withPipeliningAssistance: false, withErrorHandling: true, withOutboundHeaderValidation: false)
    try channel.pipeline.syncOperations.addHandler(
      RequestCollector(isSecure: isSecure, answer: answer, refusal: refusal))
  }
}

/// Collects a request and writes its answer. Lives on its channel's event loop.
private final class RequestCollector: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let isSecure: Bool
  private let answer: HTTPListener.Answer
  private let refusal: HTTPListener.Refusal
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  init(isSecure: Bool, answer: @escaping HTTPListener.Answer, refusal: @escaping HTTPListener.Refusal) {
    self.isSecure = isSecure
    self.answer = answer
    self.refusal = refusal
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body.removeAll(keepingCapacity: true)
      if head.headers.contains(name: "expect") {
        var request = SandboxRequest(method: head.method.rawValue, uri: head.uri, headers: head.headers)
        request.isSecure = isSecure
        if let delivery = refusal(request) {
          // Nobody can tell whether the body comes all the same: the connection ends with the answer.
          self.head = nil
          deliver(delivery, to: head, context: context, isLast: true)
          return
        }
        let proceed = HTTPResponseHead(version: head.version, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(proceed)), promise: nil)
      }
    case .body(let buffer):
      guard head != nil else { return }
      body.append(contentsOf: buffer.readableBytesView)
    case .end:
      guard let head else { return }
      var request = SandboxRequest(method: head.method.rawValue, uri: head.uri, headers: head.headers, body: body)
      request.isSecure = isSecure
      let arrival = NIODeadline.now()
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      // What arrives together has arrived before the first of it is answered: a delay is counted from the request, as if
      // each were answered by a processor of its own.
      context.eventLoop.execute {
        let (handler, context) = bound.value
        let delivery = handler.answer(request)
        guard delivery.delayMilliseconds > 0 else {
          handler.deliver(delivery, to: head, context: context)
          return
        }
        context.eventLoop.scheduleTask(
          deadline: arrival + .microseconds(Int64(delivery.delayMilliseconds * 1000))
        ) {
          let (handler, context) = bound.value
          handler.deliver(delivery, to: head, context: context)
        }
      }
    }
  }

  private func deliver(
    _ delivery: Delivery, to request: HTTPRequestHead, context: ChannelHandlerContext, isLast: Bool = false
  ) {
    guard context.channel.isActive else { return }
    switch delivery.ending {
    case .stall: return
    case .reset:
      reset(context)
      return
    default: break
    }
    let response = delivery.response
    var headers = response.headers
    let isHead = request.method == .HEAD
    let mayHaveBody = !isHead && response.status != 204 && response.status != 304
    if delivery.ending != .whole, !mayHaveBody || response.body.isEmpty && delivery.ending != .wrongLength {
      cutHeaders(of: response, context: context)
      if delivery.ending == .resetMidway { reset(context) } else { context.close(promise: nil) }
      return
    }
    var length = isHead ? response.lengthOfHead ?? response.body.count : response.body.count
    if delivery.ending == .wrongLength { length += 1 }
    if response.status != 204, response.status != 304 {
      headers.replaceOrAdd(name: "content-length", value: "\(length)")
    }
    let keepsAlive = request.isKeepAlive && delivery.ending == .whole && !isLast
    if !keepsAlive { headers.replaceOrAdd(name: "connection", value: "close") }
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: response.status), headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    var body = response.body[...]
    if delivery.ending == .truncated || delivery.ending == .resetMidway { body = body.prefix(body.count / 2) }
    if !isHead, !body.isEmpty {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
    }
    switch delivery.ending {
    case .whole:
      let end = context.writeAndFlush(wrapOutboundOut(.end(nil)))
      if !keepsAlive {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        end.whenComplete { _ in bound.value.close(promise: nil) }
      }
    case .resetMidway:
      context.flush()
      reset(context)
    default:
      // Without an end, so that what was promised is not all there.
      context.flush()
      context.close(promise: nil)
    }
  }

  /// Writes the beginning of an answer, past the handler that would write it whole.
  private func cutHeaders(of response: SandboxResponse, context: ChannelHandlerContext) {
    guard let encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self) else {
      return
    }
    let head = "HTTP/1.1 \(response.status) Cut\r\nServer: fixacl-sandbox\r\nx-amz-requ"
    encoder.writeAndFlush(NIOAny(ByteBuffer(string: head)), promise: nil)
  }

  /// Closes so that the other side sees a reset, not an end.
  private func reset(_ context: ChannelHandlerContext) {
    // On its own event loop, a channel sets it at once.
    _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
