/// An event of a multipart upload, recorded before the next request.
package enum UploadEvent: Sendable, Equatable {
  /// An upload is about to be created. `others` exist already; nil if they may not be listed.
  case intended(others: [String]?)
  case began(id: String)
  /// The upload is completed or aborted, or an intended one was never created.
  case ended(id: String?)
}
