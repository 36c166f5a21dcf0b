internal import Glibc

/// How many files and connections the process may have open.
enum OpenFileLimit {
  /// Files beside connections: the plan, its journal, what Swift and libcurl need.
  private static let otherFiles: UInt = 64
  /// Of a limit below twice that, only the most needed is set aside, and four for each connection: looking names up takes some.
  private static let neededFiles: UInt = 24
  private static let filesPerConnection: UInt = 4

  /// Raises the soft limit, often 1,024, as far as the hard limit lets it, so that it is no obstacle to the user's choice.
  ///
  /// - Returns: how many connections there can be, up to those wanted; a warning tells if these are fewer.
  /// - Throws: `TooLow` if there can be none.
  static func raise(toHold connections: Int) throws(TooLow) -> Int {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    let wanted = rlim_t(connections) + rlim_t(otherFiles)
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < wanted else { return connections }
    limit.rlim_cur = min(wanted, limit.rlim_max)
    _ = setrlimit(resource, &limit)
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < wanted else { return connections }
    let allowed = UInt(limit.rlim_cur)
    let fitting = Self.connections(within: allowed)
    guard fitting > 0 else { throw TooLow(limit: allowed) }
    guard Int(fitting) < connections else { return connections }
    Console.shared.say(
      Message(
        .warning, "open-files",
        "only \(allowed) files may be open at once (ulimit -Hn), so fixacl sends at most \(fitting) requests at once.")
    )
    return Int(fitting)
  }

  /// The process may open too few files for a single connection.
  struct TooLow: Error {
    let limit: UInt

    var message: Message {
      Message(
        .error, "open-files", "only \(limit) files may be open at once, which is too few.",
        advice: "Raise the limit with 'ulimit -Hn 1024' and 'ulimit -Sn 1024'.")
    }
  }

  /// How many connections a limit leaves room for.
  static func connections(within limit: UInt) -> UInt {
    if limit >= 2 * otherFiles { return limit - otherFiles }
    return limit > neededFiles ? (limit - neededFiles) / filesPerConnection : 0
  }
}
