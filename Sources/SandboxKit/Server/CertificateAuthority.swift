internal import Crypto
internal import Foundation
internal import NIOSSL
internal import Synchronization
internal import AWSKit

/// Makes the certificates of one sandbox. Its keys are made at the start, and are never written anywhere.
final class CertificateAuthority: Sendable {
  /// What clients must trust, as PEM.
  let certificate: String
  private let key = P256.Signing.PrivateKey()
  /// Of all services.
  private let serverKey = P256.Signing.PrivateKey()
  private let start: Timestamp
  /// By the name that a client asks for.
  private let contexts = Mutex<[String: NIOSSLContext]>([:])

  init(now: Timestamp) {
    start = Timestamp(seconds: now.seconds - 3600)
    certificate = Self.pem(
      Self.certificate(
        of: key.publicKey, name: Self.name, signedWith: key, start: start,
        extensions: [
          Self.extension([29, 19], isCritical: true, DER.sequence(DER.yes)),
          // To sign certificates, and lists of those that are void.
          Self.extension([29, 15], isCritical: true, DER.bits([0x06], unused: 1)),
          Self.extension([29, 14], DER.octets(Self.keyID(of: key.publicKey))),
        ]))
  }

  /// - Parameter host: what a client wants to talk to, by its first message; nil where that names an address.
  func context(host: String?) throws -> NIOSSLContext {
    // No browser and no OpenSSL takes a certificate for `*.localhost`, so each bucket's host gets one of its own.
    let host = (host ?? "localhost").lowercased()
    if let context = contexts.withLock({ $0[host] }) { return context }
    let leaf = try NIOSSLCertificate(bytes: serverCertificate(host: host), format: .der)
    let privateKey = try NIOSSLPrivateKey(bytes: Array(serverKey.pemRepresentation.utf8), format: .pem)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: [.certificate(leaf)], privateKey: .privateKey(privateKey))
    configuration.applicationProtocols = ["http/1.1"]
    let context = try NIOSSLContext(configuration: configuration)
    contexts.withLock { contexts in
      // Names are the clients' to choose.
      if contexts.count >= 1000 { contexts.removeAll() }
      contexts[host] = context
    }
    return context
  }

  private func serverCertificate(host: String) -> [UInt8] {
    func dns(_ name: String) -> [UInt8] { DER.element(0x82, Array(name.utf8)) }
    var names = dns("localhost") + DER.element(0x87, [127, 0, 0, 1])
    if host != "localhost" { names += dns(host) }
    return Self.certificate(
      of: serverKey.publicKey, name: "fixacl-sandbox", signedWith: key, start: start,
      extensions: [
        Self.extension([29, 19], isCritical: true, DER.sequence()),
        // To sign.
        Self.extension([29, 15], isCritical: true, DER.bits([0x80], unused: 7)),
        // To authenticate servers.
        Self.extension([29, 37], DER.sequence(DER.identifier(1, 3, 6, 1, 5, 5, 7, 3, 1))),
        Self.extension([29, 17], DER.sequence(names)),
        Self.extension([29, 14], DER.octets(Self.keyID(of: serverKey.publicKey))),
        Self.extension([29, 35], DER.sequence(DER.element(0x80, Self.keyID(of: key.publicKey)))),
      ])
  }

  private static let name = "fixacl-sandbox CA"

  /// Good for a month from the start: RFC 5280, with ECDSA and SHA-256.
  private static func certificate(
    of key: P256.Signing.PublicKey, name: String, signedWith signer: P256.Signing.PrivateKey, start: Timestamp,
    extensions: [[UInt8]]
  ) -> [UInt8] {
    func distinguished(_ name: String) -> [UInt8] {
      DER.sequence(DER.set(DER.sequence(DER.identifier(2, 5, 4, 3), DER.text(name))))
    }
    let algorithm = DER.sequence(DER.identifier(1, 2, 840, 10045, 4, 3, 2))
    var generator = SystemRandomNumberGenerator()
    let serial = (0..<16).map { _ in UInt8.random(in: 1...0x7f, using: &generator) }
    let content = DER.sequence(
      DER.tagged(0, DER.integer([2])), DER.integer(serial), algorithm, distinguished(Self.name),
      DER.sequence(
        DER.time(basic: start.basic), DER.time(basic: Timestamp(seconds: start.seconds + 31 * 86_400).basic)),
      distinguished(name), Array(key.derRepresentation), DER.tagged(3, DER.element(0x30, extensions.flatMap { $0 })))
    // A key that was just made signs anything.
    guard let signature = try? signer.signature(for: content) else { preconditionFailure("no signature") }
    return DER.sequence(content, algorithm, DER.bits(Array(signature.derRepresentation)))
  }

  /// An extension below `2.5`, where all of these are.
  private static func `extension`(_ identifier: [Int], isCritical: Bool = false, _ value: [UInt8]) -> [UInt8] {
    let name = DER.identifier(2, 5, identifier[0], identifier[1])
    return isCritical
      ? DER.sequence(name, DER.yes, DER.octets(value)) : DER.sequence(name, DER.octets(value))
  }

  private static func keyID(of key: P256.Signing.PublicKey) -> [UInt8] {
    Array(SHA256.hash(data: key.x963Representation).prefix(20))
  }

  private static func pem(_ der: [UInt8]) -> String {
    let text = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    return "-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n"
  }
}
