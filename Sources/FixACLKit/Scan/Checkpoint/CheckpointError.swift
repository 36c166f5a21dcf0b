/// Why a scan cannot resume from a checkpoint. Nothing was scanned.
package struct CheckpointError: Error, Sendable {
  package enum Reason: Sendable, Equatable {
    /// The file is not a checkpoint, so that it must not be emptied.
    case otherFile
    /// It is damaged, or says what no scan can have found.
    case unusable(String)
    /// It belongs to another command, or the bucket was set otherwise: what differs, in words.
    case differs([String])
    /// By this machine's clock it was begun in the future.
    case fromTheFuture
    /// It is older than was allowed; both in seconds.
    case tooOld(age: Int, maximum: Int)
  }

  package let path: String
  package let reason: Reason
}
