internal import Foundation

/// In what the servers differ, so that a test can say what it expects of which, and why.
extension S3TestServer {
  /// RadosGW notes the time of every write of an ACL; S3's LastModified is the time of the content.
  package var touchesLastModifiedWhenACLChanges: Bool { kind == .radosGW }

  /// S3 gives an object that came in parts an ETag of its content when it is copied in one; RadosGW copies the ETag.
  package var keepsETagsOfParts: Bool { kind == .radosGW }

  /// S3 tells the size of one part, and how many there are, to whoever asks for a part by its number; RadosGW 16 the
  /// whole object's.
  package var tellsSizesOfParts: Bool { kind == .sandbox }

  /// RadosGW 16 makes copies without the lock that the request names.
  package var locksCopies: Bool { kind == .sandbox }

  /// S3 says which version a copy has made; RadosGW 16 does not.
  package var tellsVersionsOfCopies: Bool { kind == .sandbox }

  /// A key of KMS that `site` may use.
  package var kmsKey: String {
    kind == .radosGW
      ? "testkey-1" : "arn:aws:kms:us-east-1:\(site.accountID ?? ""):key/11111111-2222-3333-4444-555555555555"
  }

  /// RadosGW lets who may read an object read its tags; of S3's rights that one is in no ACL.
  package var showsTagsToReaders: Bool { kind == .radosGW }

  /// The same goes for retention and legal hold.
  package var showsLocksToReaders: Bool { kind == .radosGW }

  /// To S3, an owner's own policies decide what it may do with its objects; to RadosGW, their ACLs, but for reading and
  /// writing those.
  package var needsGrantsToReadOwnObjects: Bool { kind == .radosGW }

  /// While IgnorePublicAcls is on, S3 shows ACLs as they take effect, without public grants; RadosGW as they are stored.
  package var hidesIgnoredGrants: Bool { kind == .sandbox }

  /// BlockPublicAcls refuses public grants in every write of S3's; RadosGW lets a copy have them.
  package var blocksPublicGrantsInCopies: Bool { kind == .sandbox }

  /// What comes back of a header of user metadata: S3 takes each byte for a character of ISO 8859-1, and sends what is
  /// not ASCII as RFC 2047 has it, quoted where more than half can be read; RadosGW sends the bytes that it got.
  package func returnedMetadata(_ value: String) -> String {
    guard kind == .sandbox, !value.utf8.allSatisfy({ $0 < 0x80 }) else { return value }
    let characters = String(String.UnicodeScalarView(value.utf8.map { Unicode.Scalar($0) }))
    func isPlain(_ scalar: Unicode.Scalar) -> Bool { (0x20..<0x7f).contains(scalar.value) }
    guard characters.unicodeScalars.count(where: isPlain) * 2 > characters.unicodeScalars.count else {
      return "=?UTF-8?B?\(Data(characters.utf8).base64EncodedString())?="
    }
    let quoted = characters.unicodeScalars.map { scalar in
      if scalar == " " { return "_" }
      if isPlain(scalar), !"=?_".unicodeScalars.contains(scalar) { return String(scalar) }
      return String(scalar).utf8.map { "=" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }
    return "=?UTF-8?Q?\(quoted.joined())?="
  }
}
