extension Credentials {
  /// The part of credentials that has a character that no key has; two of the parts become headers.
  enum Part: Sendable, CaseIterable {
    case accessKeyID, secretAccessKey, sessionToken
  }

  /// The first part that cannot be sent, such as one with a line break; nil if all can.
  var unsendablePart: Part? {
    Part.allCases.first { part in
      // The secret may contain anything that another server has issued, even blanks.
      let (text, allowed): (String, ClosedRange<UInt8>) =
        switch part {
        case .accessKeyID: (accessKeyID, 0x21...0x7e)
        case .secretAccessKey: (secretAccessKey, 0x20...0xff)
        case .sessionToken: (sessionToken ?? "", 0x21...0x7e)
        }
      return text.utf8.contains { !allowed.contains($0) || $0 == 0x7f }
    }
  }

  /// Credentials as a service gives them.
  ///
  /// - Parameter sessionToken: an empty one is none.
  /// - Throws: if a part is missing, or cannot be sent. The error shows none of them.
  init(
    answered accessKeyID: String?, _ secretAccessKey: String?, _ sessionToken: String?, expiration: Timestamp?
  ) throws(XMLError) {
    guard let accessKeyID, !accessKeyID.isEmpty, let secretAccessKey, !secretAccessKey.isEmpty else {
      throw .invalid("there are no credentials in it")
    }
    self.init(
      accessKeyID: accessKeyID, secretAccessKey: secretAccessKey,
      sessionToken: sessionToken.flatMap { $0.isEmpty ? nil : $0 }, expiration: expiration)
    guard unsendablePart == nil else { throw .invalid("a key or token in it has a character that none has") }
  }
}
