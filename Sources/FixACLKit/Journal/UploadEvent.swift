package import AWSKit

/// An event of a multipart upload, recorded before the next request.
package enum UploadEvent: Sendable, Equatable {
  /// An upload is about to be created. `others` exist already; nil if they may not be listed.
  case intended(others: [String]?)
  case began(id: String)
  /// The upload is completed or aborted, or an intended one was never created.
  case ended(id: String?)
}

/// An upload that may have been created, by a request that nobody has seen the answer of.
package struct UploadIntent: Sendable, Equatable {
  /// The uploads that there were before; nil if they may not be listed.
  package var others: [String]?
  /// When it was about to be created; nil if unknown.
  package var at: Timestamp?

  package init(others: [String]?, at: Timestamp?) {
    self.others = others
    self.at = at
  }
}
