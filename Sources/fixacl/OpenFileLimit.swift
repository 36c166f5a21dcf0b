internal import Glibc

/// How many files and connections the process may have open.
enum OpenFileLimit {
  /// Files beside connections: the plan, its journal, what Swift and libcurl need.
  private static let otherFiles = 64

  /// Raises the soft limit, often 1,024, as far as the hard limit lets it, so that it is no obstacle to the user's choice.
  static func raise(toHold connections: Int) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    let wanted = rlim_t(connections + otherFiles)
    guard limit.rlim_cur < wanted else { return }
    limit.rlim_cur = min(wanted, limit.rlim_max)
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
