import AWSKit
import Testing

@Suite struct CredentialsTests {
  private static let credentials = Credentials(
    accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: planted.secret, sessionToken: planted.token)

  @Test func descriptionShowsTheEndOfTheIDOnly() {
    #expect(Self.credentials.description == "Credentials(****MPLE, temporary)")
    #expect(Credentials(accessKeyID: "minioadmin", secretAccessKey: "x").description == "Credentials(****)")
  }

  @Test func swappedKeysStayHidden() {
    let swapped = Credentials(accessKeyID: planted.secret, secretAccessKey: "AKIAIOSFODNN7EXAMPLE")
    #expect(!"\(swapped)".contains(planted.secret.prefix(20)))
  }

  @Test func nothingThatHoldsSecretsShowsThem() throws {
    let environment = AWSEnvironment.testing(
      keyVariables("AKIAIOSFODNN7EXAMPLE"), credentials: keys("default", "B"), config: keys("default", "C"))
    let values: [Any] = [
      Self.credentials, [Self.credentials], Optional(Self.credentials) as Any,
      StaticCredentialsProvider(Self.credentials), environment, try environment.settings(),
      FileContent.bytes(Array(planted.secret.utf8)),
    ]
    for value in values {
      var dumped = ""
      dump(value, to: &dumped)
      for text in [dumped, String(describing: value), String(reflecting: value)] {
        #expect(!text.contains("PLANTED"))
        // The bytes of a file, as numbers.
        #expect(!text.contains("80, 76, 65") && !text.contains("- 80\n"))
      }
    }
  }

  @Test func staticProviderProvidesWhatItWasGiven() async throws {
    let provider: any CredentialsProvider = StaticCredentialsProvider(Self.credentials)
    #expect(try await provider.credentials() == Self.credentials)
  }

  @Test func errorsAreSafeOnATerminal() {
    let error = #expect(throws: CredentialsError.self) {
      try AWSEnvironment.testing().settings(profile: "a\u{1b}[31mb")
    }
    #expect(error?.description.contains("\u{1b}") == false)
  }
}
