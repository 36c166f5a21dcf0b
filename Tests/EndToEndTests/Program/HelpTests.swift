import Foundation
import TestSupport
import Testing

/// What a stranger needs to know stands in the help, and fits on a terminal.
struct HelpTests {
  private static let place = Result { try Workplace(.nowhere) }

  @Test func everyCommandTellsHowToUseIt() async throws {
    let place = try Self.place.get()
    let commands = try await Installed.commands(place)
    #expect(commands.contains("plan") && commands.contains("rollback") && !commands.contains("man-page"))
    for command in commands {
      let help = try await place.fixacl(command, "--help").out
      for part in [
        "OVERVIEW: ", "USAGE: fixacl \(command)", "EXAMPLES:\n", "fixacl \(command) ", "EXIT STATUS:\n", "  64 ",
      ] {
        #expect(help.contains(part), "\(command): no '\(part)'")
      }
      #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(command)")
      Self.expectPlainWords(help, "\(command)")
    }
  }

  private static func expectPlainWords(_ help: String, _ command: String) {
    let text = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for word in [
      " at hand", " whom ", " let in", " lets in", " anew", " goes on", " go on ", "under way", "whoever", "whatever",
    ] {
      #expect(!text.contains(word), "'\(word)' in the help of \(command)")
    }
    // Of an overview: in what follows, sentences stand beside names.
    let overview = help.components(separatedBy: "USAGE: ")[0].split(whereSeparator: \.isWhitespace)
    for sentence in overview.split(whereSeparator: { $0.last == "." || $0.last == ":" }) {
      #expect(sentence.count <= 25, "\(command): \(sentence.joined(separator: " "))")
    }
  }

  @Test func theProgramTellsItsSurroundings() async throws {
    let help = try await Self.place.get().fixacl("help").out
    for part in [
      "AWS_PROFILE", "FIXACL_OWNER_PROFILE", "FIXACL_VIEWER", "AWS_ENDPOINT_URL_S3", "NO_COLOR", "XDG_STATE_HOME",
      "PLAN.journal", "~/.local/state/fixacl", "fixacl apply fix.json",
    ] { #expect(help.contains(part), "no '\(part)'") }
    let statuses = help.components(separatedBy: "EXIT STATUS:\n").last ?? ""
    for status in [0, 1, 2, 3, 64, 130] { #expect(statuses.contains("  \(status) "), "\(status)") }
    #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 })
    Self.expectPlainWords(help, "the program")
  }

  /// What users look for first is a command's own.
  @Test func ownOptionsComeFirst() async throws {
    let help = try await Self.place.get().fixacl("plan", "--help").out
    let output = try #require(help.firstRange(of: "--output"))
    let readers = try #require(help.firstRange(of: "--oai"))
    #expect(output.lowerBound < readers.lowerBound)
    #expect(help.contains("(default: 24h)") && !help.contains("AgeArgument"))
  }

  @Test func bytesAreReadable() async throws {
    #expect(try await Self.place.get().fixacl("apply", "--help").out.contains("default: 5368709120, 5 GiB"))
  }

  @Test(arguments: [
    (["aply", "plan.json"], "Unknown command 'aply'. Did you mean 'apply'?"),
    (["help", "rolback"], "Unknown command 'rolback'. Did you mean 'rollback'?"),
    (["veri"], "Did you mean 'verify'?"), (["PLAN", "bucket"], "Did you mean 'plan'?"),
    (["polish"], "Unknown command 'polish'.\n"), (["apply", "--limt", "1", "p"], "Did you mean '--limit'?"),
  ])
  func typingErrors(arguments: [String], message: String) async throws {
    let result = try await Self.place.get().start(arguments).result()
    #expect(result.status == 64)
    #expect(result.err.hasPrefix("error: ") && result.err.contains(message), "\(result.err)")
    #expect(result.err.contains("--help") && result.stdout.isEmpty)
  }

  /// The parser of arguments knows nothing of a terminal's width.
  @Test func typingErrorsFitATerminal() async throws {
    let result = try await Self.place.get().fixaclOnTerminal(["show", "--format", "yaml", "plan.json"], typing: "")
    #expect(result.status == 64)
    let lines = result.out.split(whereSeparator: \.isNewline)
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(result.out)")
    #expect(lines.first?.hasPrefix("error: The value 'yaml' is invalid") == true, "\(result.out)")
    #expect(lines.contains { $0.hasPrefix("  See 'fixacl show --help'") }, "\(result.out)")
  }

  @Test func typingErrorsForPrograms() async throws {
    let result = try await Self.place.get().fixacl("aply", "--log-format", "json")
    #expect(result.status == 64)
    let line = try #require(JSONSerialization.jsonObject(with: result.stderr) as? [String: Any])
    #expect(line["event"] as? String == "usage")
    #expect((line["message"] as? String)?.contains("Did you mean 'apply'?") == true)
  }
}
