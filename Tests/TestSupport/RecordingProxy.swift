/// A proxy on a port of loopback that records which hosts it is asked for.
package final class RecordingProxy: Sendable {
  private let server: LoopbackServer

  /// Refuses to connect to any host, and everything else.
  package init(refusing status: String = "403 Forbidden") throws {
    server = try LoopbackServer { _ in [.answer("", status: status), .close] }
  }

  /// Connects to one server on a socket in the file system, whatever host is asked for.
  package init(tunnelTo path: String) throws {
    server = try LoopbackServer { request in
      request.method == "CONNECT"
        ? [.send("HTTP/1.1 200 Connection established\r\n\r\n"), .tunnel(path: path)]
        : [.answer("", status: "400 Bad Request"), .close]
    }
  }

  package var url: String { "http://" + server.authority }

  /// Host and port.
  package var authority: String { server.authority }

  /// Everything that it was asked, in order.
  package var requests: [LoopbackServer.Request] { server.requests }

  /// The hosts to which it was to connect, in their order; of any other request the method and the target.
  package var hosts: [String] {
    let targets = requests.map { request in
      request.method == "CONNECT" && request.target.hasSuffix(":443")
        ? String(request.target.dropLast(":443".count)) : "\(request.method) \(request.target)"
    }
    return Set(targets).sorted()
  }
}
