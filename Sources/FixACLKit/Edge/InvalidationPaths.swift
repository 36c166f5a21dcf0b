internal import Crypto
internal import AWSKit

/// The paths of an invalidation, collected one by one in bounded memory: exact ones up to a budget, then prefixes.
///
/// A folder that is *whole* is named by one path with an asterisk at its end: by what all of its paths begin with.
package struct InvalidationPaths: Sendable {
  /// The most paths that there may be.
  package struct Budget: Sendable, Equatable {
    /// As many as an account may invalidate a month free of charge. CloudFront has 3,000 in progress.
    package var paths = 1000
    /// As many with an asterisk as CloudFront has in progress for a distribution.
    package var wildcards = 15

    package init() {}

    /// - Precondition: both are at least 1.
    package init(paths: Int, wildcards: Int) {
      precondition(paths >= 1 && wildcards >= 1)
      self.paths = paths
      self.wildcards = wildcards
    }
  }

  /// The longest path (CloudFront Developer Guide, "Specify the files to invalidate"), less the asterisk that a folder
  /// gets.
  static let maximumLength = 3999
  /// Below this many folders, the rest of a path counts as a file's name: no hostile key makes the tree deep.
  private static let maximumDepth = 32

  private var root = Folder()
  private var budget: Budget

  package init(budget: Budget = Budget()) {
    self.budget = budget
  }

  package var count: Int { root.pathCount }
  /// How many of them end with an asterisk.
  package var wildcardCount: Int { root.wildcardCount }
  package var isEmpty: Bool { root.pathCount == 0 }

  /// Takes a path in, percent-encoded, with a slash at its beginning and no asterisk.
  package mutating func insert(_ path: String) {
    var names = path.utf8.dropFirst().split(
      separator: UInt8(ascii: "/"), maxSplits: Self.maximumDepth, omittingEmptySubsequences: false
    ).map { String(Substring($0)) }
    if path.utf8.count > Self.maximumLength {
      // Only the folders above it can be named.
      var length = path.utf8.count
      while length > Self.maximumLength, let name = names.popLast() { length -= name.utf8.count + 1 }
      root.fold(names[...], takesInAll: true)
    } else {
      root.insert(names[...])
    }
    keepToBudget()
  }

  /// The same in fewer paths.
  package func reduced(to budget: Budget) -> InvalidationPaths {
    var result = self
    result.budget = budget
    result.keepToBudget()
    return result
  }

  /// In the order of their bytes.
  package var paths: [String] {
    var paths: [String] = []
    root.collect(below: "/", into: &paths)
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// A name for just these paths: 16 hexadecimal digits.
  package static func digest(of paths: [String]) -> String {
    var hash = SHA256()
    for path in paths { Array("\(path)\n".utf8).withUnsafeBytes { hash.update(bufferPointer: $0) } }
    return Hex.encode(hash.finalize().prefix(8))
  }

  private mutating func keepToBudget() {
    while root.pathCount > budget.paths {
      // If a folder with less than its share were taken, the asterisks would be used up before all is taken in.
      let share = max(2, root.pathCount / (budget.wildcards + 1))
      fold { $0.pathCount >= share ? $0.pathCount : nil }
    }
    while root.wildcardCount > budget.wildcards {
      fold { $0.wildcardCount >= 2 ? $0.wildcardCount : nil }
    }
  }

  /// Folds the deepest folder that has a weight, the heaviest of them: the less is taken in besides, the better.
  private mutating func fold(_ weight: (Folder) -> Int?) {
    var best: (names: [String], weight: Int)?
    var names: [String] = []
    root.search(&names, weight) { names, weight in
      guard let known = best else { return best = (names, weight) }
      let isBetter =
        names.count != known.names.count
        ? names.count > known.names.count
        : weight != known.weight ? weight > known.weight : names.lexicographicallyPrecedes(known.names)
      if isBetter { best = (names, weight) }
    }
    root.fold((best?.names ?? [])[...])
  }
}

/// A folder of paths, with what is in it.
private struct Folder: Sendable {
  var folders: [String: Folder] = [:]
  var files: Set<String> = []
  var isWhole = false
  /// What all paths of a whole folder begin with, below it.
  var prefix = ""
  /// The paths that name what is in it.
  var pathCount = 0
  /// Those of them that end with an asterisk.
  var wildcardCount = 0

  /// - Parameter names: of the folders below this one, and last of the file.
  mutating func insert(_ names: ArraySlice<String>) {
    guard !isWhole else { return prefix = prefix.commonPrefix(with: names.joined(separator: "/")) }
    guard let name = names.first else { return }
    if names.count == 1 {
      if files.insert(name).inserted { pathCount += 1 }
      return
    }
    let before = folders[name]?.pathCount ?? 0
    folders[name, default: Folder()].insert(names.dropFirst())
    pathCount += (folders[name]?.pathCount ?? 0) - before
  }

  /// Makes a folder below this one whole, or this one itself.
  ///
  /// - Parameter takesInAll: whether to take in whatever could be in it.
  mutating func fold(_ names: ArraySlice<String>, takesInAll: Bool = false) {
    guard !isWhole else { return prefix = prefix.commonPrefix(with: names.map { $0 + "/" }.joined()) }
    guard let name = names.first else {
      let prefix = takesInAll ? "" : contentPrefix() ?? ""
      self = Folder()
      (isWhole, self.prefix, pathCount, wildcardCount) = (true, prefix, 1, 1)
      return
    }
    let before = (folders[name]?.pathCount ?? 0, folders[name]?.wildcardCount ?? 0)
    folders[name, default: Folder()].fold(names.dropFirst(), takesInAll: takesInAll)
    pathCount += (folders[name]?.pathCount ?? 0) - before.0
    wildcardCount += (folders[name]?.wildcardCount ?? 0) - before.1
  }

  /// What everything in it begins with; nil if there is nothing.
  private func contentPrefix() -> String? {
    guard !isWhole else { return prefix }
    var common: String?
    func take(_ text: String) { common = common?.commonPrefix(with: text) ?? text }
    for file in files { take(file) }
    for (name, folder) in folders { take(name + "/" + (folder.contentPrefix() ?? "")) }
    return common
  }

  /// Calls `found` with each folder that is not whole and has a weight.
  func search(_ names: inout [String], _ weight: (Folder) -> Int?, _ found: ([String], Int) -> Void) {
    guard !isWhole, let own = weight(self) else { return }
    found(names, own)
    for (name, folder) in folders {
      names.append(name)
      folder.search(&names, weight, found)
      names.removeLast()
    }
  }

  func collect(below path: String, into paths: inout [String]) {
    if isWhole { return paths.append(path + prefix + "*") }
    for file in files { paths.append(path + file) }
    for (name, folder) in folders { folder.collect(below: path + name + "/", into: &paths) }
  }
}

extension String {
  /// What both begin with. Bytes that are percent-encoded are not cut.
  fileprivate func commonPrefix(with other: String) -> String {
    var prefix = zip(utf8, other.utf8).prefix { $0 == $1 }.map(\.0)[...]
    if let sign = prefix.suffix(2).firstIndex(of: UInt8(ascii: "%")) { prefix = prefix[..<sign] }
    return String(decoding: prefix, as: UTF8.self)
  }
}
