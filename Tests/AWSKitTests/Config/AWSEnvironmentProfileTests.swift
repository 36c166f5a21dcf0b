import AWSKit
import Testing

@Suite struct AWSEnvironmentProfileTests {
  private static let files = keys("default", "D") + keys("a", "A") + keys("b", "B") + keys("c", "C")

  @Test(
    arguments: [
      (nil, [:], "default"),
      (nil, ["AWS_DEFAULT_PROFILE": "a"], "a"),
      (nil, ["AWS_DEFAULT_PROFILE": "a", "AWS_PROFILE": "b"], "b"),
      ("c", ["AWS_DEFAULT_PROFILE": "a", "AWS_PROFILE": "b"], "c"),
      (nil, ["AWS_DEFAULT_PROFILE": "a", "AWS_PROFILE": ""], "a"),
    ] as [(String?, [String: String], String)])
  func choosesTheProfile(explicit: String?, variables: [String: String], name: String) throws {
    let settings = try AWSEnvironment.testing(variables, credentials: Self.files).settings(profile: explicit)
    #expect(settings.profileName == name)
    #expect(settings.isProfileChosen == (explicit != nil || !variables.isEmpty))
  }

  @Test(
    arguments: [
      (["AWS_SHARED_CREDENTIALS_FILE": "/x/c"], ["/x/c", "/h/.aws/config"]),
      (["AWS_CONFIG_FILE": "~/c"], ["/h/.aws/credentials", "/h/c"]),
      (["AWS_CONFIG_FILE": "~user/c"], ["/h/.aws/credentials", "~user/c"]),
      (["AWS_CONFIG_FILE": ""], ["/h/.aws/credentials", "/h/.aws/config"]),
      (["HOME": ""], ["~/.aws/credentials", "~/.aws/config"]),
      (["AWS_CONFIG_FILE": "$HOME/c"], ["/h/.aws/credentials", "/h/c"]),
      (
        ["AWS_SHARED_CREDENTIALS_FILE": "${HOME}/$X_1.$/${X_1}$Y${Z", "X_1": "x"],
        ["/h/x.$/x$Y${Z", "/h/.aws/config"]
      ),
      (["AWS_CONFIG_FILE": "$T/c", "T": "~"], ["/h/.aws/credentials", "/h/c"]),
      (["HOME": "/"], ["//.aws/credentials", "//.aws/config"]),
    ] as [([String: String], [String])])
  func readsEachFileOnce(variables: [String: String], paths: [String]) throws {
    let read = Log<String>()
    let environment = AWSEnvironment(environment: variables.merging(["HOME": "/h"]) { given, _ in given }) {
      read.note($0)
      return .bytes(Array(keys("default", "D").utf8))
    }
    _ = try environment.settings()
    _ = try environment.settings()
    #expect(read.entries == paths)
  }

  @Test(
    arguments: [
      (
        "nope", [:],
        "\"nope\" in /h/.aws/credentials and /h/.aws/config (not found); name one of these: a, b, c, default"
      ),
      (nil, ["AWS_PROFILE": "nope"], "\"nope\" (named by AWS_PROFILE) in"),
      // As in the AWS CLI, the keys of the environment do not make up for it.
      (
        nil, keyVariables("E").merging(["AWS_DEFAULT_PROFILE": "nope"]) { $1 },
        "(named by AWS_DEFAULT_PROFILE)"
      ),
      ("", [:], "\"\" in"),
      ("A", [:], "\"A\" in"),
    ] as [(String?, [String: String], String)])
  func namedProfileMustExist(explicit: String?, variables: [String: String], part: String) throws {
    let error = try #require(throws: CredentialsError.self) {
      try AWSEnvironment.testing(variables, credentials: Self.files).settings(profile: explicit)
    }
    #expect(error.code == .profileNotFound)
    #expect(error.message.contains(part))
    #expect(!error.message.contains("PLANTED"))
  }

  @Test func namedDefaultMustExistToo() throws {
    let environment = AWSEnvironment.testing(keyVariables("E").merging(["AWS_PROFILE": "default"]) { $1 })
    let error = try #require(throws: CredentialsError.self) { try environment.settings() }
    #expect(error.code == .profileNotFound)
    #expect(error.message.contains("there are no profiles at all"))
  }

  @Test func saysWhatIsWrongWithASectionInTheConfigFile() throws {
    let error = try #require(throws: CredentialsError.self) {
      try AWSEnvironment.testing(config: "[my site]\n").settings(profile: "my site")
    }
    #expect(error.message.hasSuffix("has a section [my site], which must be [profile 'my site']"))
  }

  @Test func unreadableFileIsNamedButNoError() throws {
    let environment = AWSEnvironment(environment: keyVariables("E").merging(["HOME": "/h"]) { $1 }) { _ in
      .unreadable("Permission denied")
    }
    _ = try environment.settings()
    let error = try #require(throws: CredentialsError.self) { try environment.settings(profile: "x") }
    #expect(error.message.contains("/h/.aws/config (cannot be read: Permission denied)"))
  }

  @Test func malformedFileIsAnErrorEvenIfTheKeysAreElsewhere() throws {
    let environment = AWSEnvironment.testing(keyVariables("E"), config: "[default]\nPLANTED\n")
    let error = try #require(throws: CredentialsError.self) { try environment.settings() }
    #expect(error.message.hasPrefix("cannot parse /h/.aws/config, line 2: "))
    #expect(!error.message.contains("PLANTED"))
  }
}
