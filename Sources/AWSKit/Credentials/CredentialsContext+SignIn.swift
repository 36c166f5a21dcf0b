internal import FoundationEssentials

extension CredentialsContext {
  /// What the AWS CLI has saved of a sign-in.
  ///
  /// - Parameter signInAgain: the error for a reason.
  /// - Throws: that error if nobody has signed in, or the file is empty or not JSON; others if the file cannot be read.
  func savedSignIn(
    inFile path: String, orElse signInAgain: (String) -> CredentialsError
  ) throws(CredentialsError) -> JSONValue {
    switch environment.content(ofFile: path) {
    case .notFound: throw signInAgain("nobody has signed in (there is no \(path))")
    case .bytes(let bytes) where bytes.isEmpty: throw signInAgain("\(path) is empty")
    case .unreadable, .bytes: break
    }
    let content = try secret(inFile: path, "the saved sign-in")
    guard let document = try? JSONDecoder().decode(JSONValue.self, from: Data(content.utf8)) else {
      throw signInAgain(Self.unreadableSignIn(path))
    }
    return document
  }

  /// The reason if a file lacks what a sign-in has.
  static func unreadableSignIn(_ path: String) -> String { "\(path) holds no sign-in that can be read" }
}
