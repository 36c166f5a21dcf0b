import AWSKit
import SandboxKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct FolderTreeTests {
  private static func tree(
    _ keys: some Sequence<String>, maximumFolders: Int = 1000, width: Int = 30, depth: Int = 8
  ) -> FolderTree.Folder {
    var tree = FolderTree(maximumFolders: maximumFolders, width: width, depth: depth)
    for key in keys.map({ ObjectKey($0) }).sorted() { tree.count(key, size: 10, action: .grant) }
    return tree.finish()
  }

  /// A folder as text: `a/ 3 (1 own)`, with its folders in brackets.
  private static func text(_ folder: FolderTree.Folder) -> String {
    let inner = folder.folders.map(text) + (folder.otherFolders > 0 ? ["+\(folder.otherFolders)"] : [])
    return "\(folder.name.text)\(folder.counts.objects)"
      + (inner.isEmpty ? "" : "[" + inner.joined(separator: " ") + "]")
  }

  private static func allFolders(_ folder: FolderTree.Folder) -> [FolderTree.Folder] {
    [folder] + folder.folders.flatMap(allFolders)
  }

  @Test(arguments: [
    ([], "0"), (["a"], "1"), (["a", "b/1", "b/2"], "3[b/2]"),
    // A folder of nothing but a folder is one with it.
    (["img/2024/a", "img/2024/b"], "2[img/2024/2]"), (["img/2024/a", "img/2025/b"], "2[img/2[2024/1 2025/1]]"),
    (["img/a", "img/2024/b"], "2[img/2[2024/1]]"),
    // Slashes that stand together are folders with the name "/".
    (["//a", "/b"], "2[/2[/1]]"), (["a/"], "1[a/1]"),
    // '-' and '.' come before '/'.
    (["a-/1", "a.", "a/1", "a0/1"], "4[a-/1 a/1 a0/1]"),
  ])
  func folders(keys: [String], expected: String) {
    #expect(Self.text(Self.tree(keys)) == expected)
  }

  @Test func countsOfActions() {
    var tree = FolderTree()
    tree.count(ObjectKey("a/1"), size: 5, action: .grant)
    tree.count(ObjectKey("a/2"), size: 7, action: .copy)
    tree.count(ObjectKey("b/1"), size: .max, action: .blocked)
    let bucket = tree.finish()
    #expect(bucket.counts.actions == [.grant: 1, .copy: 1, .blocked: 1])
    #expect(bucket.counts.bytes == .max)
    #expect(bucket.folders[0].counts.actions == [.grant: 1, .copy: 1])
    #expect(bucket.folders[0].counts.bytes == 12 && bucket.folders[0].own.bytes == 12)
  }

  @Test func theLargestAreKept() {
    let keys = (0..<1000).flatMap { folder in (0...(folder == 7 || folder == 900 ? 5 : 0)).map { "\(folder)/\($0)" } }
    let bucket = Self.tree(keys, width: 10)
    #expect(bucket.folders.count == 10 && bucket.otherFolders == 990)
    #expect(bucket.folders.filter { $0.counts.objects == 6 }.map(\.name.text) == ["7/", "900/"])
    #expect(bucket.folders.reduce(bucket.others.objects) { $0 + $1.counts.objects } == keys.count)
    #expect(bucket.folders.map(\.name) == bucket.folders.map(\.name).sorted())
  }

  /// However many folders there are, few are kept, and nothing is lost from the counts.
  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func boundedAndComplete(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let keys = Set(
      (0..<5000).map { _ in
        (0..<Int.random(in: 1...12, using: &generator)).map { _ in "\(Int.random(in: 0..<6, using: &generator))" }
          .joined(separator: "/")
      })
    let bucket = Self.tree(keys, maximumFolders: 100, width: 5)
    let folders = Self.allFolders(bucket)
    #expect(folders.count <= 101)
    #expect(bucket.counts.objects == keys.count && bucket.counts.bytes == 10 * keys.count)
    for folder in folders where !folder.folders.isEmpty {
      #expect(
        folder.folders.reduce(folder.own.objects + folder.others.objects) { $0 + $1.counts.objects }
          == folder.counts.objects)
    }
    // As if everything were kept.
    let whole = Self.tree(keys, maximumFolders: .max / 2, width: 1000, depth: 100)
    #expect(Self.allFolders(whole).reduce(0) { $0 + $1.own.objects } == keys.count)
    for folder in bucket.folders where whole.folders.contains(where: { $0.name == folder.name }) {
      #expect(whole.folders.first { $0.name == folder.name }?.counts == folder.counts)
    }
  }
}
