internal import AWSKit
internal import Dispatch

/// Reads the list of keys that a user named, before any request is sent.
struct KeyListReading: Sendable {
  /// After how many seconds people are told what is waited for.
  private static let patience = 2.0

  let source: SelectionRequest.KeySource
  /// For the temporary file.
  let folder: String
  let stop: StopSignal
  let events: RunEventHandler

  /// Reads the list on a thread that may wait for the list's writer.
  ///
  /// - Throws: `WorkflowError.keyListUnreadable`, `WorkflowError.interrupted`.
  func read() async throws -> KeyList {
    let keys: KeyList
    let notice = DispatchWorkItem { tell(.readingKeys(name: source.name)) }
    defer { notice.cancel() }
    do {
      if source.path == "-", OpenFile.isStandardInputTerminal {
        tell(.readingTerminal)
      } else {
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience, execute: notice)
      }
      keys = try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
          continuation.resume(
            with: Result {
              // A named pipe opens once somebody writes to it.
              try KeyList(
                reading: source.path == "-" ? OpenFile.standardInput() : OpenFile(source.path, .reading),
                separator: UInt8(ascii: source.isNullSeparated ? "\0" : "\n"), folder: folder,
                stop: stop)
            })
        }
      }
    } catch let error as FileError {
      throw WorkflowError.keyListUnreadable(error)
    } catch is KeyList.Interrupted {
      if stop.cause == .interruption { events(.notice(.interrupted(.scan(hasCheckpoint: false)))) }
      throw WorkflowError.interrupted
    }
    if keys.unusableCount > 0 {
      tell(.unusableKeys(keys.unusableCount, keys.unusableExamples, source))
    } else if keys.digest.count == 0 {
      tell(.emptyKeyList(name: source.name))
    }
    return keys
  }

  private func tell(_ notice: SelectionNotice) { events(.notice(.selection(notice))) }
}
