internal import ArgumentParser
internal import Foundation

/// The program: a small S3, CloudFront and STS that behave as AWS documents, for rehearsals and tests.
@main
struct FixACLSandbox: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fixacl-sandbox",
    abstract: "A small S3, CloudFront and STS on this machine, with several accounts, to rehearse with.",
    discussion: """
      It behaves as AWS documents: object owners, ACLs, bucket policies, Block Public Access, Object Ownership. \
      It speaks plain HTTP on the loopback interface, and what it holds is gone when it stops.
      """,
    subcommands: [ServeCommand.self, DemoCommand.self, InventoryCommand.self], defaultSubcommand: ServeCommand.self)
}

/// What went wrong, in words for the user.
struct SandboxFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }

  /// Writes a file or a folder, and says of a failure what could not be written, and why.
  static func describing(_ path: String, _ write: () throws -> Void) throws(SandboxFailure) {
    do {
      try write()
    } catch {
      let cause = (error as? CocoaError)?.userInfo[NSUnderlyingErrorKey] as? POSIXError
      let reason = cause.map { String(cString: strerror($0.code.rawValue)) } ?? error.localizedDescription
      throw SandboxFailure("\(path) cannot be written: \(reason).")
    }
  }
}
