internal import Glibc
internal import Synchronization
internal import AWSKit

/// Finds the files of a report: beside a manifest on this machine, as `aws s3 sync` lays them out, or in the destination
/// bucket.
final class InventoryFiles: Sendable {
  /// Where the bytes of a file come from.
  struct Source: Sendable {
    fileprivate enum Place: Sendable {
      case file(OpenFile)
      case object(AWSClient, bucket: String, ObjectKey, etag: String, size: Int)
    }

    fileprivate let place: Place
    fileprivate let name: String

    var isLocal: Bool { if case .file = place { true } else { false } }

    /// - Returns: the bytes; fewer at the end of a file that is shorter than the manifest says.
    /// - Throws: `InventoryProblem`.
    func read(_ range: Range<Int>) async throws(InventoryProblem) -> [UInt8] {
      guard !range.isEmpty else { return [] }
      switch place {
      case .file(let file):
        do {
          return try file.read(range.count, at: range.lowerBound)
        } catch {
          throw .file(error)
        }
      case .object(let client, let bucket, let key, let etag, let size):
        let range = range.clamped(to: 0..<size)
        guard !range.isEmpty else { return [] }
        do {
          return try await client.objectBytes(bucket: bucket, key: key, range: range, etag: etag)
        } catch {
          throw error.isStopped ? .interrupted : .unreadable(name: name, error)
        }
      }
    }

    /// Its length now.
    func size() throws(InventoryProblem) -> Int {
      switch place {
      case .object(_, _, _, _, let size): return size
      case .file(let file):
        do {
          return try file.size()
        } catch {
          throw .file(error)
        }
      }
    }
  }

  /// How far up from the manifest its files are looked for.
  private static let maximumDepth = 16

  private let manifest: InventoryPlace
  private let bucket: String
  private let client: AWSClient
  /// A folder, and how many names of a key it stands for: where the last file was found.
  private let found = Mutex<(folder: String, skipped: Int)?>(nil)

  /// - Parameter bucket: the destination bucket.
  init(_ manifest: InventoryPlace, bucket: String, client: AWSClient) {
    self.manifest = manifest
    self.bucket = bucket
    self.client = client
  }

  /// The file for people.
  func name(of file: InventoryManifest.File) -> String { "s3://\(bucket)/\(file.key)" }

  /// - Throws: `InventoryProblem`.
  func open(_ file: InventoryManifest.File) async throws(InventoryProblem) -> Source {
    if case .file(let path) = manifest, let place = find(file, from: path) {
      do {
        return Source(place: .file(try OpenFile(place, .reading)), name: place)
      } catch {
        throw .file(error)
      }
    }
    let name = name(of: file)
    do {
      let head = try await client.headObject(bucket: bucket, key: file.key)
      return Source(
        place: .object(client, bucket: bucket, file.key, etag: head.content.etag, size: head.size), name: name)
    } catch {
      throw error.isStopped ? .interrupted : .unreadable(name: name, error)
    }
  }

  /// Looks in the manifest's folder and those above it for the end of the key: whichever prefix was synchronized, the rest
  /// of the key is the path from there.
  private func find(_ file: InventoryManifest.File, from manifest: String) -> String? {
    let names = file.key.text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard !names.contains(where: { $0 == "." || $0 == ".." || $0.isEmpty || $0.contains("\0") }) else { return nil }
    func path(_ folder: String, _ skipped: Int) -> String? {
      guard skipped < names.count else { return nil }
      let path = folder + names[skipped...].joined(separator: "/")
      guard case .regular = FileKind(ofPath: path), (try? OpenFile(path, .reading).size()) == file.size else {
        return nil
      }
      return path
    }
    if let (folder, skipped) = found.withLock({ $0 }), let path = path(folder, skipped) { return path }
    var folder = manifest.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(manifest[...$0]) } ?? "./"
    for _ in 0..<Self.maximumDepth {
      for skipped in names.indices {
        if let path = path(folder, skipped) {
          found.withLock { $0 = (folder, skipped) }
          return path
        }
      }
      folder += "../"
    }
    return nil
  }

  /// The content of a small file.
  ///
  /// - Throws: `InventoryProblem`.
  static func content(
    of place: InventoryPlace, _ client: AWSClient, maximumBytes: Int
  ) async throws(InventoryProblem) -> [UInt8] {
    switch place {
    case .object(let bucket, let key):
      do {
        return try await client.wholeObject(bucket: bucket, key: key, maximumBytes: maximumBytes)
      } catch {
        throw error.isStopped ? .interrupted : .unreadable(name: place.description, error)
      }
    case .file(let path):
      do throws(FileError) {
        let file = try OpenFile(path, .reading)
        guard file.isRegularFile else { throw FileError("read", path, reason: "it is not a regular file") }
        let size = try file.size()
        guard size <= maximumBytes else {
          throw FileError("read", path, reason: "it is longer than \(maximumBytes) bytes")
        }
        var bytes: [UInt8] = []
        while bytes.count < size {
          let piece = try file.read(size - bytes.count, at: bytes.count)
          if piece.isEmpty { break }
          bytes += piece
        }
        return bytes
      } catch {
        throw .file(error)
      }
    }
  }
}
