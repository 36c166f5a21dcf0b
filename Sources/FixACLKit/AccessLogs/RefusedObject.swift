package import AWSKit

/// A refused key of a log, with what is stored under it now.
package struct RefusedObject: Sendable {
  /// What is there, as far as the given accounts can see it.
  package enum State: Sendable {
    /// - Parameters:
    ///   - owner: nil if nobody can tell.
    ///   - acl: nil if no given account may read it.
    ///   - refusal: why not.
    case found(owner: CanonicalID?, acl: AccessControlList?, refusal: AWSError?)
    /// There is no such object.
    case missing
    /// It cannot be asked for.
    case unknown(AWSError)
  }

  package let refused: AccessLogReport.RefusedKey
  package let state: State
}

extension Accounts {
  /// The most questions about refused keys at once.
  private static let lookWidth = 8

  /// Looks at the owner and the ACL of refused keys.
  ///
  /// - Returns: one for each key, in their order; fewer if the run is being stopped.
  package func look(at keys: [AccessLogReport.RefusedKey], bucket: String) async -> [RefusedObject] {
    await withTaskGroup(of: (Int, RefusedObject?).self) { group in
      var found = [RefusedObject?](repeating: nil, count: keys.count)
      var rest = keys.indices[...]
      func ask() {
        guard let index = rest.popFirst() else { return }
        group.addTask { (index, await look(at: keys[index], bucket: bucket)) }
      }
      for _ in 0..<Self.lookWidth { ask() }
      for await (index, object) in group {
        found[index] = object
        ask()
      }
      return found.compactMap { $0 }
    }
  }

  /// - Returns: nil if the run is being stopped.
  private func look(at refused: AccessLogReport.RefusedKey, bucket: String) async -> RefusedObject? {
    let key = refused.key
    var owner: CanonicalID?
    do throws(AWSError) {
      guard let listed = try await main.client.listedObject(bucket: bucket, key: key) else {
        return RefusedObject(refused: refused, state: .missing)
      }
      owner = listed.owner
    } catch {
      guard !error.isStopped else { return nil }
      guard error.isAccessDenied else { return RefusedObject(refused: refused, state: .unknown(error)) }
    }
    // Whoever owns the object may read its ACL.
    let others = owner.map { [$0] } ?? owners.compactMap(\.canonicalID)
    do throws(AWSError) {
      let answer = try await ask(others.map { .objectOwner($0) } + [.bucketOwner]) { client throws(AWSError) in
        try await client.objectACL(bucket: bucket, key: key)
      }
      let state: RefusedObject.State =
        switch answer {
        case .found(let acl, _): .found(owner: acl.owner, acl: acl, refusal: nil)
        case .missing: .missing
        case .denied(let refusal): .found(owner: owner, acl: nil, refusal: refusal)
        case .needsCustomerKey(let error, _): .found(owner: owner, acl: nil, refusal: error)
        }
      return RefusedObject(refused: refused, state: state)
    } catch {
      guard !error.isStopped else { return nil }
      return RefusedObject(refused: refused, state: .unknown(error))
    }
  }
}

extension RefusedObject: JSONWritable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      refused.writeMembers(to: &json)
      switch state {
      case .found(let owner, let acl, let refusal):
        json.member("state", "found")
        json.member("owner", owner?.value)
        json.name("acl")
        acl.write(to: &json)
        json.member("refusal", refusal.map { "\($0)" })
      case .missing: json.member("state", "missing")
      case .unknown(let error):
        json.member("state", "unknown")
        json.member("refusal", "\(error)")
      }
    }
  }
}
