import Testing

@testable import AWSKit

@Suite struct SharedConfigFileTests {
  typealias Sections = [String: [String: SharedConfigFile.Property]]

  private static func parse(_ bytes: some Sequence<UInt8>) throws -> Sections {
    let file = try SharedConfigFile(path: "/f", content: .bytes(Array(bytes)))
    return Dictionary(uniqueKeysWithValues: file.sections.map { ($0.name, $0.properties) })
  }

  /// What the AWS CLI makes of the same file, except where the name of the case says otherwise.
  static let valid: [(name: String, text: String, sections: Sections)] = [
    ("empty file", "", [:]),
    ("comments only", "# x\n; y\n  # z\n", [:]),
    ("plain", "[default]\nregion = eu-west-1\n", ["default": ["region": .text("eu-west-1")]]),
    ("no blanks, no last line break", "[default]\nregion=x", ["default": ["region": .text("x")]]),
    ("colon", "[a]\nurl: http://x:1\nb:c=d\n", ["a": ["url": .text("http://x:1"), "b": .text("c=d")]]),
    ("equals signs in a value", "[a]\nb = c==\n", ["a": ["b": .text("c==")]]),
    ("percent and dollar", "[a]\nb = %(c)s $HOME\n", ["a": ["b": .text("%(c)s $HOME")]]),
    ("CRLF", "[a]\r\nb = c\r\n\r\n[d]\r\n", ["a": ["b": .text("c")], "d": [:]]),
    ("CR", "[a]\rb = c\r[d]", ["a": ["b": .text("c")], "d": [:]]),
    ("byte order mark (the CLI refuses it)", "\u{feff}[a]\nb=c\n", ["a": ["b": .text("c")]]),
    ("case of names", "[A]\nRegion = X\n[a]\n", ["A": ["region": .text("X")], "a": [:]]),
    ("empty values", "[a]\nb =\nc=\n\nd = \n", ["a": ["b": .text(""), "c": .text(""), "d": .text("")]]),
    ("quotes stay", "[\"a b\"]\nc = \"d\"\n", ["\"a b\"": ["c": .text("\"d\"")]]),
    ("comments between", "[a]\n# x\nb = 1\n; y\nc = 2\n", ["a": ["b": .text("1"), "c": .text("2")]]),
    (
      "comments after values (the CLI keeps them)", "[a]\nb = 1 # x\nc = 2\t; y\nd = 3#z;\ne = # f\n",
      ["a": ["b": .text("1"), "c": .text("2"), "d": .text("3#z;"), "e": .text("")]]
    ),
    (
      "no comments within quotation marks", "[a]\nb = sh -c \"cd x ; ./y # z\" # c\nd = 'p #q' ;c\ne = it's # c\n",
      ["a": ["b": .text("sh -c \"cd x ; ./y # z\""), "d": .text("'p #q'"), "e": .text("it's")]]
    ),
    (
      "comment after a section", "[a] # x\nb=1\n[c];y\n[d]# [e]\n",
      ["a": ["b": .text("1")], "c": [:], "d": [:]]
    ),
    (
      "blanks in a section's name (the CLI keeps them)", "[ a ]\n[profile  b]\n",
      ["a": [:], "profile  b": [:]]
    ),
    ("indented section", "  [a]\n  b = 1\n  [c]\n", ["a": ["b": .text("1")], "c": [:]]),
    ("section that goes on with a value", "[a]\nb = 1\n  [c]\n", ["a": ["b": .text("1\n[c]")]]),
    (
      "nested", "[a]\ns3 =\n  x = 1\n # c\n\n\tY = 2 = 3 # d\nz = 4\n",
      ["a": ["s3": .nested(["x": "1", "Y": "2 = 3"]), "z": .text("4")]]
    ),
    (
      "nested below a comment", "[a]\ns3 = # mine\n  x = 1\n[b]\n",
      ["a": ["s3": .nested(["x": "1"])], "b": [:]]
    ),
    (
      "value on several lines", "[a]\nb = 1\n  2\n  # c\n 3\nd = 4\n",
      ["a": ["b": .text("1\n2\n3"), "d": .text("4")]]
    ),
    (
      "all indented", "[a]\n  b = 1\n  c = 2\n d = 3\n",
      ["a": ["b": .text("1"), "c": .text("2"), "d": .text("3")]]
    ),
    ("not ASCII", "[é]\nb = ü\n", ["é": ["b": .text("ü")]]),
  ]

  @Test(arguments: valid.indices)
  func parses(index: Int) throws {
    let (name, text, sections) = Self.valid[index]
    #expect(try Self.parse(text.utf8) == sections, "\(name)")
  }

  @Test(arguments: [
    ("a = 1\n[b]\n", 1, "no section"),
    ("[a]\n\nPLANTED\n", 3, "name = value"),
    ("[a]\nregion # = x\n", 2, "name = value"),
    ("[a]\n = PLANTED\n", 2, "without a name"),
    ("[a]\r\nb = 1\r\n[c\r\n", 3, "closing bracket"),
    ("[]\n", 1, "no name"),
    ("[a]\n[b]\n[a]\n", 3, "line 1 already"),
    ("[a]\nPLANTED = 1\nplanted = 2\n", 3, "line 2 already"),
    ("[a]\nregion =\n  PLANTED\n", 3, "indented line"),
  ])
  func refusesWithTheLine(text: String, line: Int, reason: String) throws {
    let error = try #require(throws: CredentialsError.self) { try Self.parse(text.utf8) }
    #expect(error.code == .malformedFile)
    #expect(error.message.hasPrefix("cannot parse /f, line \(line): "))
    #expect(error.message.contains(reason))
    #expect(!error.message.lowercased().contains("planted"))
  }

  @Test func refusesOtherEncodings() throws {
    let latin1 = Array("[a]\nb = ".utf8) + [0xe9]
    let error = try #require(throws: CredentialsError.self) { try Self.parse(latin1) }
    #expect(error.message == "cannot parse /f, line 2: not UTF-8")
  }

  @Test func profilesOfTheConfigFile() throws {
    let text = """
      [default]
      [profile a]
      [profile "b c"]
      [profile 'd']
      [profile d e]
      [profile "open]
      [plain]
      [sso-session s]
      [services t]
      """
    let config = try SharedConfigFile(path: "/c", content: .bytes(Array(text.utf8)))
    let credentials = try SharedConfigFile(path: "/d", content: .bytes(Array("[profile x]\n[a]\n".utf8)))
    let shared = SharedConfig(credentialsFile: credentials, configFile: config)
    #expect(shared.profileNames == ["a", "b c", "d", "default", "profile x"])
    #expect(shared.services("t") != nil)
    #expect(shared.services("s") == nil)
  }

  @Test func laterSpellingOfAProfileReplacesTheEarlier() throws {
    let text = "[profile a]\nregion = x\noutput = y\n[profile \"a\"]\nregion = z\n"
    let config = try SharedConfigFile(path: "/c", content: .bytes(Array(text.utf8)))
    let shared = SharedConfig(
      credentialsFile: try SharedConfigFile(path: "/d", content: .notFound), configFile: config)
    #expect(shared.profile("a")?["region"] == "z")
    #expect(shared.profile("a")?["output"] == nil)
  }
}
