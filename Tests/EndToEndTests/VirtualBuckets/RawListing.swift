import Foundation
import AWSKit
import TestSupport

/// A request for a listing as any client of S3 may make it, and the answer: nothing of fixacl's own reader is in it.
struct RawListing: Sendable {
  enum Kind: String, Sendable, CaseIterable {
    case objects = "ListObjectsV2"
    case versions = "ListObjectVersions"
  }

  /// A key or a common prefix.
  enum Entry: Sendable, Hashable {
    case key(ObjectKey)
    case prefix(ObjectKey)

    var bytes: [UInt8] {
      switch self {
      case .key(let key), .prefix(let key): key.bytes
      }
    }
  }

  struct Page: Sendable {
    /// In the order of their bytes.
    var entries: [Entry]
    var next: [(name: String, value: String)]?
  }

  let kind: Kind
  var prefix = ObjectKey("")
  var delimiter = ""
  var startAfter = ObjectKey("")
  var maximum = 1000

  /// One page; `next` of the page before leads to it.
  func page(
    of bucket: String, after next: [(name: String, value: String)]?, as account: TestAccount
  ) async throws -> Page {
    var operation = AWSOperation(kind.rawValue, bucket: bucket) { response throws(XMLError) in
      try XMLElement(
        parsing: response.body, root: kind == .objects ? "ListBucketResult" : "ListVersionsResult")
    }
    func ask(_ name: String, _ value: [UInt8]) { operation.query.append((name, value)) }
    if kind == .objects { ask("list-type", Array("2".utf8)) } else { ask("versions", []) }
    ask("max-keys", Array("\(maximum)".utf8))
    if !prefix.bytes.isEmpty { ask("prefix", prefix.bytes) }
    if !delimiter.isEmpty { ask("delimiter", Array(delimiter.utf8)) }
    if let next {
      for (name, value) in next { ask(name, Array(value.utf8)) }
    } else if !startAfter.bytes.isEmpty {
      ask(kind == .objects ? "start-after" : "key-marker", startAfter.bytes)
    }
    let root = try await account.client.run(operation.takingLongAnswers)
    func text(_ name: String) -> String? { root[name]?.text }
    let keys = root.all(kind == .objects ? "Contents" : "Version").map { Entry.key(ObjectKey($0["Key"]!.text)) }
    let prefixes = root.all("CommonPrefixes").map { Entry.prefix(ObjectKey($0["Prefix"]!.text)) }
    let entries = (Array(keys) + Array(prefixes)).sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    guard kind == .versions || text("KeyCount") == "\(entries.count)" else { throw CocoaError(.fileReadCorruptFile) }
    guard text("IsTruncated") == "true" else { return Page(entries: entries) }
    if kind == .objects {
      return Page(entries: entries, next: [("continuation-token", text("NextContinuationToken")!)])
    }
    let version = text("NextVersionIdMarker").map { [("version-id-marker", $0)] } ?? []
    return Page(entries: entries, next: [("key-marker", text("NextKeyMarker")!)] + version)
  }

  /// What S3 answers, of a bucket with these keys, in their order: all pages together.
  func expected(of keys: [ObjectKey]) -> [Entry] {
    var entries: [Entry] = []
    for key in keys where key.hasPrefix(prefix) && key > startAfter {
      let rest = key.bytes.dropFirst(prefix.bytes.count)
      guard !delimiter.isEmpty, let range = rest.firstRange(of: Array(delimiter.utf8)) else {
        entries.append(.key(key))
        continue
      }
      let group = ObjectKey(Array(key.bytes[..<range.upperBound]))
      // Whoever starts within a common prefix has had it.
      if !startAfter.hasPrefix(group), entries.last != .prefix(group) { entries.append(.prefix(group)) }
    }
    return entries
  }
}
