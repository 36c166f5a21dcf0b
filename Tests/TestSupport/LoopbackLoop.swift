internal import Glibc
internal import Synchronization

/// The thread of a `LoopbackServer`, and all that belongs to it.
final class LoopbackLoop {
  private struct Connection {
    let descriptor: Int32
    let number: Int
    var input: [UInt8] = []
    var output: ArraySlice<UInt8> = []
    var steps: ArraySlice<LoopbackServer.Step> = []
  }

  private let listener: ListeningSocket
  private let stopDescriptor: Int32
  private let record: LoopbackServer.Record
  private let script: @Sendable (LoopbackServer.Request) -> [LoopbackServer.Step]
  private var connections: [Int32: Connection] = [:]
  private var requestCount = 0

  init(
    listener: ListeningSocket, stopDescriptor: Int32, record: LoopbackServer.Record,
    script: @escaping @Sendable (LoopbackServer.Request) -> [LoopbackServer.Step]
  ) {
    self.listener = listener
    self.stopDescriptor = stopDescriptor
    self.record = record
    self.script = script
  }

  /// Starts the thread, which keeps the loop alive.
  consuming func start() {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { context in
        Unmanaged<LoopbackLoop>.fromOpaque(context!).takeRetainedValue().run()
        return nil
      }, context)
    precondition(code == 0, "no thread could be started")
    pthread_detach(thread)
  }

  private func run() {
    while true {
      var polled = [
        pollfd(fd: stopDescriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      for connection in connections.values {
        let events = POLLIN | (connection.output.isEmpty ? 0 : POLLOUT)
        polled.append(pollfd(fd: connection.descriptor, events: Int16(events), revents: 0))
      }
      guard poll(&polled, nfds_t(polled.count), -1) >= 0 || errno == EINTR else { break }
      if polled[0].revents != 0 { break }
      if polled[1].revents != 0 { accept() }
      for entry in polled.dropFirst(2) where entry.revents != 0 { read(entry.fd) }
      // A request on one connection may be what another waits for.
      for descriptor in Array(connections.keys) { proceed(descriptor) }
    }
    for descriptor in connections.keys { close(descriptor) }
    close(stopDescriptor)
  }

  private func accept() {
    while true {
      let descriptor = Glibc.accept(listener.descriptor, nil, nil)
      guard descriptor >= 0 else { return }
      // Answers go out in pieces, which are not to wait for one another's acknowledgement.
      var isOn: Int32 = 1
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
      let number = record.connections.wrappingAdd(1, ordering: .relaxed).oldValue
      connections[descriptor] = Connection(descriptor: descriptor, number: number)
    }
  }

  private func read(_ descriptor: Int32) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while connections[descriptor] != nil {
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if count > 0 {
        connections[descriptor]?.input += buffer[..<count]
        takeRequests(descriptor)
      } else {
        if count == 0 || errno != EAGAIN { drop(descriptor) }
        return
      }
    }
  }

  private func takeRequests(_ descriptor: Int32) {
    while let connection = connections[descriptor], let lengths = Self.requestLengths(connection.input) {
      let request = LoopbackServer.Request(
        bytes: Array(connection.input[..<lengths.whole]), headLength: lengths.head,
        connection: connection.number, ordinal: requestCount)
      connections[descriptor]?.input.removeFirst(lengths.whole)
      requestCount += 1
      record.requests.withLock { $0.append(request) }
      connections[descriptor]?.steps += script(request)
    }
  }

  /// How long the head and the whole first request are; nil while it is not all there.
  static func requestLengths(_ bytes: [UInt8]) -> (head: Int, whole: Int)? {
    var lineStart = 0
    var bodyLength = 0
    while let lineEnd = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = String(decoding: bytes[lineStart..<lineEnd], as: UTF8.self).lowercased()
      lineStart = lineEnd + 1
      if line == "\r" || line.isEmpty {
        let whole = lineStart + bodyLength
        return bytes.count >= whole ? (lineStart, whole) : nil
      }
      if line.hasPrefix("content-length:") {
        let digits = line.utf8.filter { (0x30...0x39).contains($0) }
        bodyLength = Int(String(decoding: digits, as: UTF8.self)) ?? 0
      }
    }
    return nil
  }

  /// Takes as many steps as are possible now.
  private func proceed(_ descriptor: Int32) {
    while flush(descriptor), let step = connections[descriptor]?.steps.first {
      switch step {
      case .send(let bytes):
        connections[descriptor]?.output = bytes[...]
      case .waitForRequests(let count):
        guard requestCount >= count else { return }
      case .close:
        drop(descriptor)
      case .reset:
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
          descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        drop(descriptor)
      case .tunnel(let path):
        connections[descriptor] = nil
        Tunnel.open(descriptor, toSocket: path)
      }
      connections[descriptor]?.steps.removeFirst()
    }
  }

  /// Writes what is to be written.
  ///
  /// - Returns: whether it is all written.
  private func flush(_ descriptor: Int32) -> Bool {
    while let output = connections[descriptor]?.output, !output.isEmpty {
      let count = output.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
      }
      guard count >= 0 else {
        if errno != EAGAIN { drop(descriptor) }
        return false
      }
      connections[descriptor]?.output = output.dropFirst(count)
    }
    return connections[descriptor] != nil
  }

  private func drop(_ descriptor: Int32) {
    connections[descriptor] = nil
    close(descriptor)
  }
}
