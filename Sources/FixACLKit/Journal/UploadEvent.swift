/// What becomes of a multipart upload, to be recorded before anything else is done.
package enum UploadEvent: Sendable, Equatable {
  /// One is about to be created, beside these, which are somebody else's; nil where they may not be listed.
  case intended(others: [String]?)
  case began(id: String)
  /// It is completed or aborted, or one that was intended was never created.
  case ended(id: String?)
}
