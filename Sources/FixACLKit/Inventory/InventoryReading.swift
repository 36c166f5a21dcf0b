internal import Crypto
internal import Glibc
internal import Synchronization
package import AWSKit

/// Reads a report: its manifest first, then all of its files.
package struct InventoryReading: Sendable {
  /// How far it has come.
  package struct Progress: Sendable {
    package var rows = 0
    /// Of the files as they are stored.
    package var bytes = 0
    package var totalBytes = 0
  }

  /// Bytes of an object that are asked for at once.
  private static let objectPieceLength = 4 << 20
  private static let filePieceLength = 256 << 10
  /// Rows between two looks at whether somebody stopped the reading.
  private static let rowsAtOnce = 4096
  /// Memory for all rows that are being sorted.
  private static let sortBytes = 24 << 20
  /// Files are read side by side on so many cores at most.
  private static let maximumWidth = 4

  private let place: InventoryPlace
  package let manifest: InventoryManifest
  /// The manifest's MD5.
  package let md5: String
  private let files: InventoryFiles
  private let stop: StopSignal
  private let counts = ProgressCounts()

  private final class ProgressCounts: Sendable {
    let value = Mutex(Progress())
  }

  /// Reads the manifest, and checks it.
  ///
  /// - Parameter client: with the bucket owner's credentials.
  /// - Throws: `InventoryProblem`.
  package init(_ place: InventoryPlace, client: AWSClient, stop: StopSignal) async throws(InventoryProblem) {
    self.place = place
    self.stop = stop
    let bytes = try await InventoryFiles.content(of: place, client, maximumBytes: InventoryManifest.maximumBytes)
    let checksum: [UInt8]
    do throws(InventoryProblem) {
      checksum = try await InventoryFiles.content(of: place.checksum, client, maximumBytes: 64 << 10)
    } catch {
      switch error {
      case .unreadable(_, let cause) where cause.isNotFound && cause.code != "NoSuchBucket": throw .incomplete(place)
      case .file(let cause) where cause.isNoSuchFile: throw .incomplete(place)
      default: throw error
      }
    }
    let md5 = Hex.encode(Insecure.MD5.hash(data: bytes))
    let written = String(decoding: checksum, as: UTF8.self).lowercased().filter { !$0.isWhitespace && $0 != "\"" }
    guard written == md5 else { throw .otherChecksum(place) }
    self.md5 = md5
    let manifest = try InventoryManifest(parsing: bytes, of: place)
    self.manifest = manifest
    files = InventoryFiles(place, bucket: manifest.destinationBucket, client: client)
    counts.value.withLock { $0.totalBytes = manifest.totalBytes }
  }

  /// Safe to read from any thread.
  package var progress: Progress { counts.value.withLock { $0 } }

  /// Reads all files, and sorts their rows in temporary files.
  ///
  /// - Parameters:
  ///   - folder: for temporary files.
  ///   - sortBytes: of rows in memory.
  /// - Throws: `InventoryProblem`.
  package func read(
    desired: Intent, bucketOwner: CanonicalID, folder: String, sortBytes: Int = sortBytes
  ) async throws(InventoryProblem) -> InventoryReport {
    let rules = InventorySorter.Rules(
      filter: desired.filter, bucketOwner: bucketOwner, looksAtOwn: desired.looksAtOwn,
      hasVersions: manifest.hasAllVersions, wantsVersions: desired.allVersions)
    let texts = InventoryTexts()
    let width = max(1, min(manifest.files.count, Self.maximumWidth, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let queue = FileQueue(count: manifest.files.count)
    do {
      let runs = try await withThrowingTaskGroup(of: [InventorySorter.Run].self) { group in
        for _ in 0..<width {
          group.addTask {
            let file = try OpenFile(temporaryIn: folder)
            let sorter = InventorySorter(rules, texts: texts, file: file, runBytes: sortBytes / width)
            while let index = queue.next() {
              try await read(manifest.files[index], into: sorter, folder: folder)
            }
            try sorter.finish()
            return sorter.runs
          }
        }
        var runs: [InventorySorter.Run] = []
        for try await part in group { runs += part }
        return runs
      }
      let (owners, acls) = texts.tables
      return InventoryReport(rows: progress.rows, owners: owners, acls: acls, rules: rules, runs: runs)
    } catch let error as InventoryProblem {
      throw error
    } catch let error as FileError {
      throw .file(error)
    } catch {
      throw .interrupted
    }
  }

  /// Hands out the files, each once.
  private final class FileQueue: Sendable {
    private let place = Atomic<Int>(0)
    private let count: Int

    init(count: Int) {
      self.count = count
    }

    func next() -> Int? {
      let index = place.wrappingAdd(1, ordering: .relaxed).oldValue
      return index < count ? index : nil
    }
  }

  private func read(_ file: InventoryManifest.File, into sorter: InventorySorter, folder: String) async throws {
    let name = files.name(of: file)
    do {
      switch manifest.format {
      case .csv: try await readCSV(file, into: sorter)
      case .parquet: try await readParquet(file, into: sorter, folder: folder)
      }
    } catch let damage as InventoryDamage {
      throw InventoryProblem.damaged(name: name, detail: damage.detail)
    } catch let failure as GzipDecoder.Failure {
      switch failure {
      case .damaged(let reason): throw InventoryProblem.damaged(name: name, detail: "gzip: \(reason)")
      case .truncated: throw InventoryProblem.damaged(name: name, detail: "it ends in the middle")
      }
    }
  }

  private func readCSV(_ file: InventoryManifest.File, into sorter: InventorySorter) async throws {
    let rows = InventoryCSV(columns: manifest.columns, sourceBucket: manifest.sourceBucket)
    let decoder = GzipDecoder()
    var counted = 0
    func take(_ row: InventoryRow) throws { try sorter.add(row) }
    try await readPieces(of: file) { piece in
      try decoder.decode(piece.span) { piece in
        guard !stop.isSet else { throw InventoryProblem.interrupted }
        try rows.take(piece, take)
        note(rows: rows.count - counted)
        counted = rows.count
      }
    }
    if file.size > 0 { try decoder.finish() }
    try rows.finish(take)
    note(rows: rows.count - counted)
  }

  /// Reads a copy of the file: what it says of its rows is at its end.
  private func readParquet(
    _ file: InventoryManifest.File, into sorter: InventorySorter, folder: String
  ) async throws {
    let copy = try OpenFile(temporaryIn: folder)
    try await readPieces(of: file) { try copy.write($0) }
    var counted = 0
    try ParquetFile(copy, size: file.size, manifest: manifest).forEachRow { row in
      try sorter.add(row)
      counted += 1
      guard counted == Self.rowsAtOnce else { return }
      guard !stop.isSet else { throw InventoryProblem.interrupted }
      note(rows: counted)
      counted = 0
    }
    note(rows: counted)
  }

  private func note(rows: Int) { counts.value.withLock { $0.rows += rows } }

  /// Passes on the bytes of a file, and sees that they are those of the manifest.
  ///
  /// - Throws: `InventoryDamage` once all of it has been passed on, and what `body` throws.
  private func readPieces(of file: InventoryManifest.File, _ body: ([UInt8]) throws -> Void) async throws {
    let source = try await files.open(file)
    var digest = Insecure.MD5()
    let length = source.isLocal ? Self.filePieceLength : Self.objectPieceLength
    func range(from offset: Int) -> Range<Int> { offset..<min(file.size, offset + length) }
    var piece = try await source.read(range(from: 0))
    var offset = piece.count
    while !piece.isEmpty {
      guard !stop.isSet else { throw InventoryProblem.interrupted }
      let next = range(from: offset)
      async let ahead = source.read(next)
      digest.update(data: piece)
      try body(piece)
      counts.value.withLock { $0.bytes += piece.count }
      piece = try await ahead
      offset += piece.count
    }
    guard offset == file.size, try source.size() == file.size else {
      throw InventoryDamage("its size is not \(file.size) bytes, as the manifest says")
    }
    guard Hex.encode(digest.finalize()) == file.md5 else {
      throw InventoryDamage("its MD5 is not \(file.md5), as the manifest says")
    }
  }
}
