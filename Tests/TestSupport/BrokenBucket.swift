package import AWSKit

/// A bucket of `site`'s with objects that `tools` uploaded and that `oai` should be able to read, and fixacl at work
/// on it with a plan of the name `plan.json`.
package struct BrokenBucket: Sendable {
  package let server: S3TestServer
  package let name: String
  package let place: Workplace

  /// - Parameter headers: sent with every upload, such as grants beside the owner's own.
  package init(
    _ server: S3TestServer, keys: [ObjectKey] = [], headers: [(name: String, value: String)] = []
  ) async throws {
    self.server = server
    name = try await server.makeBucket()
    place = try Workplace(server)
    try await upload(keys, headers: headers)
  }

  package func upload(_ keys: [ObjectKey], headers: [(name: String, value: String)] = []) async throws {
    _ = try await inParallel(keys) { [server, name] in
      try await server.tools.put($0, in: name, headers: headers)
    }
  }

  /// Keys of `count` objects, in the order of a listing.
  package static func keys(_ count: Int, prefix: String = "assets/") -> [ObjectKey] {
    (0..<count).map { ObjectKey(prefix + String(String(1_000_000 + $0).dropFirst()) + ".css") }
  }

  // MARK: fixacl

  /// The arguments of `plan` that let `oai` in.
  package func planArguments(_ more: [String] = [], owners: [String] = ["tools"]) -> [String] {
    ["plan", name, "--grant-read", "id=\(server.oai.id.value)"] + profiles(owners) + more
  }

  /// Runs `plan -o plan.json` to its end, which must be a good one.
  package func plan(_ more: String..., owners: [String] = ["tools"]) async throws {
    let arguments = planArguments(["-o", "plan.json"] + more, owners: owners)
    let result = try await place.start(arguments).result()
    guard result.status == 0 else { throw ProgramFailure(arguments: arguments, result: result) }
  }

  package func startApply(
    _ more: String..., owners: [String] = ["tools"], environment: [String: String] = [:]
  ) throws -> RunningProgram {
    try place.start(["apply", "plan.json"] + profiles(owners) + more, environment: environment)
  }

  package func apply(
    _ more: String..., owners: [String] = ["tools"], environment: [String: String] = [:]
  ) async throws -> ProgramResult {
    try await place.start(["apply", "plan.json"] + profiles(owners) + more, environment: environment).result()
  }

  package func verify(owners: [String] = ["tools"]) async throws -> ProgramResult {
    try await place.start(["verify", "plan.json"] + profiles(owners)).result()
  }

  private func profiles(_ names: [String]) -> [String] {
    names.flatMap { ["--owner-profile", $0] }
  }

  // MARK: The server's word

  /// Every object as the listing shows it.
  package func listing() async throws -> [ObjectKey: ListedObject] {
    try await server.site.list(name).reduce(into: [:]) { $0[$1.key] = $1 }
  }

  /// What of each object tells whether it is written from now on: its ACL too, unless LastModified tells of that.
  package func marks() async throws -> [ObjectKey: ObjectMark] {
    guard server.touchesLastModifiedWhenACLChanges else {
      return try await states().mapValues { ObjectMark(object: $0.object, acl: $0.acl) }
    }
    return try await listing().mapValues { ObjectMark(object: $0, acl: nil) }
  }

  /// Every object with its ACL, as its own owner sees it.
  package func states() async throws -> [ObjectKey: ObjectState] {
    let states = try await inParallel(Array(try await listing().values)) { try await self.state(of: $0) }
    return states.reduce(into: [:]) { $0[$1.object.key] = $1 }
  }

  /// A program that was killed can leave a request behind that makes the object another account's after the listing.
  private func state(of object: ListedObject) async throws -> ObjectState {
    do {
      return ObjectState(object: object, acl: try await server[object.owner!].acl(of: object.key, in: name))
    } catch let error as AWSError where error.isAccessDenied {
      let page = try await server.site.client.listObjects(
        bucket: name, prefix: object.key, startAfter: nil, limit: 1)
      guard let now = page.objects.first, now.owner != object.owner else { throw error }
      return ObjectState(object: now, acl: try await server[now.owner!].acl(of: now.key, in: name))
    }
  }

  /// What a granted object's ACL must be.
  package func grantedACL(also grants: [Grant] = []) -> AccessControlList {
    AccessControlList(
      owner: server.tools.id,
      grants: [
        Grant(.canonicalUser(server.tools.id), .fullControl), Grant(.canonicalUser(server.oai.id), .read),
      ] + grants)
  }

  /// What a copied object's ACL must be.
  package func copiedACL(also grants: [Grant] = []) -> AccessControlList {
    AccessControlList(
      owner: server.site.id,
      grants: [
        Grant(.canonicalUser(server.site.id), .fullControl), Grant(.canonicalUser(server.oai.id), .read),
      ] + grants)
  }
}

/// Everything about an object that fixacl could have touched.
package struct ObjectState: Sendable, Equatable {
  package let object: ListedObject
  package let acl: AccessControlList
}

/// What of an object changes when it is written, so that two of them tell whether it was.
package struct ObjectMark: Sendable, Equatable {
  let object: ListedObject
  let acl: AccessControlList?
}

/// A run that a test builds on, and that ended badly.
package struct ProgramFailure: Error, CustomStringConvertible {
  let arguments: [String]
  let result: ProgramResult

  package var description: String {
    "fixacl \(arguments.joined(separator: " ")) ended with \(result.status): \(result.err)"
  }
}
