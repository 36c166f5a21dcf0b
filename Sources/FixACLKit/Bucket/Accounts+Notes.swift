package import AWSKit

/// Notes for people about the profiles that they name: whole sentences.
extension Accounts {
  /// Notes that need no scan.
  package var notes: [String] {
    var notes: [String] = []
    if let id = main.canonicalID, id != bucketOwner {
      notes.append(
        "\(name(of: main)) belongs to the account \(id), and the bucket to \(bucketOwner): it copies nothing. Is it"
          + " the profile that --owner-profile is meant for?")
    }
    var first: [CanonicalID: Account] = [:]
    for account in owners {
      guard let id = account.canonicalID else { continue }
      if let same = first[id] {
        notes.append("\(name(of: same)) and \(name(of: account)) belong to the same account \(id): the first is used.")
      } else if id == bucketOwner {
        notes.append(
          "\(name(of: account)), which --owner-profile names, belongs to the bucket owner: name the accounts that"
            + " uploaded there.")
      }
      first[id] = first[id] ?? account
    }
    return notes
  }

  /// Notes that need the result of a scan.
  ///
  /// - Parameter objectOwners: every owner of a scanned object but the bucket owner.
  package func notes(onOwners objectOwners: Set<CanonicalID>) -> [String] {
    owners.compactMap { account in
      guard let id = account.canonicalID, id != bucketOwner, !objectOwners.contains(id) else { return nil }
      return
        "\(name(of: account)) belongs to the account \(id), which owns none of the objects that were scanned: is it"
        + " the right one?"
    }
  }

  private func name(of account: Account) -> String {
    (account.client.account ?? account.label).escapedForTerminal
  }
}
