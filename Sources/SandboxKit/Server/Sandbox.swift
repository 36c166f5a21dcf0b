internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import AWSKit

/// All services of a sandbox, each on its port of the loopback interface.
///
/// One thread answers all requests, one after the other: so that a run with a seed can be repeated.
package final class Sandbox: Sendable {
  /// What a sandbox is made of.
  package struct Configuration: Sendable {
    package var settings = SandboxState.Settings()
    package var accounts = AccountDirectory()
    package var seed: UInt64 = 1
    /// Of S3; the other services have the next twelve. 0 for any.
    package var port = 0
    package var countsKeys = false
    /// Whether AWS's services speak HTTPS, with certificates of an authority of the sandbox's own.
    package var usesTLS = false
    package var delay = FaultRule.Delay.fixed(0)
    package var faults: [FaultRule] = []
    package var limits: RateLimits?
    package var virtualBuckets: [VirtualBucket] = []

    package init() {}
  }

  /// A bucket of computed objects that there is from the start.
  package struct VirtualBucket: Sendable {
    package var name: String
    package var count: Int
    package var shape = VirtualObjects.Shape.hex
    /// The share of objects that belong to `tools`, 0 to 1; the others belong to `site`, as the bucket does.
    package var foreignShare = 0.3
    package var aclCount = 4

    package init(name: String, count: Int) {
      self.name = name
      self.count = count
    }
  }

  /// The services' URLs.
  package struct Addresses: Sendable {
    package let endpoint: String
    package let cloudFront: String
    package let viewer: String
    package let sts: String
    package let control: String
    package let sso: String
    package let ssoOIDC: String
    package let signin: String
    package let imds: String
    package let container: String
    package let kms: String
    package let iam: String
    package let organizations: String
  }

  package let configuration: Configuration
  package let addresses: Addresses
  /// What clients must trust where the services speak HTTPS, as PEM; nil where they speak plain HTTP.
  package let certificate: String?
  private let group: MultiThreadedEventLoopGroup
  private let listeners: [HTTPListener]

  /// Starts all services.
  ///
  /// - Throws: `PortError`.
  package init(_ configuration: Configuration) async throws {
    self.configuration = configuration
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let shared = SharedServices(configuration)
    let authority = configuration.usesTLS ? CertificateAuthority(now: .now()) : nil
    certificate = authority?.certificate
    var listeners: [HTTPListener] = []
    func listen(
      over authority: CertificateAuthority?,
      refusal: @escaping @Sendable (SandboxServices, SandboxRequest) -> Delivery? = { _, _ in nil },
      _ answer: @escaping @Sendable (SandboxServices, SandboxRequest) -> Delivery
    ) async throws -> String {
      let port = configuration.port == 0 ? 0 : configuration.port + listeners.count
      let listener = try await HTTPListener(port: port, group: group, authority: authority) {
        shared.withLock { $0.state.counters.connections += 1 }
      } refusal: { request in
        shared.withLock { refusal($0, request) }
      } answer: { request in
        shared.withLock { answer($0, request) }
      }
      listeners.append(listener)
      return "http\(authority == nil ? "" : "s")://127.0.0.1:\(listener.port)"
    }
    do {
      // IMDS and containers have no certificates on AWS either; the control address is for people with curl.
      addresses = Addresses(
        endpoint: try await listen(over: authority, refusal: { $0.s3.refusal($1) }) { $0.s3.deliver($1) },
        cloudFront: try await listen(over: authority) { $0.cloudFront.deliver($1) },
        viewer: try await listen(over: authority) { $0.viewer.deliver($1) },
        sts: try await listen(over: authority) { $0.sts.deliver($1) },
        control: try await listen(over: nil) { $0.control.deliver($1) },
        sso: try await listen(over: authority) { $0.sso.deliver($1) },
        ssoOIDC: try await listen(over: authority) { $0.ssoOIDC.deliver($1) },
        signin: try await listen(over: authority) { $0.signin.deliver($1) },
        imds: try await listen(over: nil) { $0.instance.deliver($1) },
        container: try await listen(over: nil) { $0.container.deliver($1) },
        kms: try await listen(over: authority) { $0.kms.deliver($1) },
        iam: try await listen(over: authority) { $0.iam.deliver($1) },
        organizations: try await listen(over: authority) { $0.organizations.deliver($1) })
    } catch let error as IOError {
      for listener in listeners { await listener.close() }
      try? await group.shutdownGracefully()
      throw PortError(
        port: configuration.port == 0 ? nil : configuration.port + listeners.count,
        reason: String(cString: strerror(error.errnoCode)))
    }
    self.group = group
    self.listeners = listeners
    group.next().scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) { _ in
      shared.withLock { $0.batch.advance() }
    }
  }

  package func stop() async {
    for listener in listeners { await listener.close() }
    try? await group.shutdownGracefully()
  }
}

/// A port that cannot be listened on.
package struct PortError: Error, CustomStringConvertible {
  /// Nil where any was wanted.
  package let port: Int?
  package let reason: String

  package var description: String {
    "\(port.map { "port \($0)" } ?? "a port") of 127.0.0.1 cannot be had: \(reason)."
  }
}
