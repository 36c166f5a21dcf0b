import Testing

@testable import AWSKit

@Suite struct ShellWordsTests {
  @Test(arguments: [
    ("profile tools", ["profile", "tools"]),
    ("  profile\t tools  ", ["profile", "tools"]),
    ("profile \"my site\"", ["profile", "my site"]),
    ("profile 'my \"site\"'", ["profile", "my \"site\""]),
    ("profile my\\ site", ["profile", "my site"]),
    ("profile \"a\\\"b\\\\c\\d\"", ["profile", "a\"b\\c\\d"]),
    ("pro'fi'\"le\" x", ["profile", "x"]),
    ("profile \"\"", ["profile", ""]),
    ("program\n--more\r\nlast", ["program", "--more", "last"]),
    ("'two\nlines'", ["two\nlines"]),
    ("", []),
    ("profile \"open", nil),
    ("profile 'open", nil),
    ("profile open\\", nil),
    ("profile \"open\\", nil),
  ])
  func splitsAsAShell(text: String, words: [String]?) {
    #expect(ShellWords.split(text) == words)
  }

  @Test(arguments: ["tools", "my site", "it's", "$(id)", "", "a;b", "\"", "é"])
  func quotingIsUndoneBySplitting(word: String) {
    #expect(ShellWords.split(ShellQuoting.quoted(word)) == [word])
  }

  /// What a terminal would not show stands as escapes of bash.
  @Test(arguments: [
    ("a\nb", #"$'a\nb'"#), ("it's\t\r", #"$'it\'s\t\r'"#), ("\u{1b}[31m1", #"$'\033[31m1'"#),
    (#"é\ \#u{202e}9"#, #"$'é\\ \342\200\2569'"#),
  ])
  func invisibleCharactersAreEscaped(word: String, quoted: String) {
    #expect(ShellQuoting.quoted(word) == quoted)
    #expect(quoted.escapedForTerminal == quoted)
  }

  @Test func plainWordsStayAsTheyAre() {
    #expect(ShellQuoting.quoted("tools-1.eu_west@x/y") == "tools-1.eu_west@x/y")
  }
}
