import TestSupport
import Testing

/// Man pages are made from the commands: groff and mandoc find nothing wrong with them.
struct ManPageTests {
  /// Of the sections that every page has.
  private static let sections = [
    "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS", "SEE ALSO",
  ]

  @Test(.needs("groff")) func groffRendersThem() async throws {
    try await Self.each { name, place in
      let result = try await place.run(
        "groff", "-man", "-k", "-ww", "-Tutf8", "-rLL=80n", "-P-cbou", place.path("page.1"))
      #expect(result.status == 0 && result.err.isEmpty, "\(name): \(result.err)")
      for section in Self.sections { #expect(result.out.contains("\n\(section)\n"), "\(name) has no \(section)") }
      #expect(result.out.contains("\(name.uppercased())(1)"), "\(name)")
      #expect(result.out.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(name)")
    }
  }

  @Test(.needs("mandoc")) func mandocFindsNothing() async throws {
    try await Self.each { name, place in
      let result = try await place.run("mandoc", "-Tlint", "-Wwarning", place.path("page.1"))
      #expect(result.status == 0, "\(name): \(result.out)\(result.err)")
    }
  }

  /// Nothing of what was written is lost or taken for a request.
  @Test(.needs("groff")) func textIsKept() async throws {
    try await Self.each { name, place in
      guard name == "fixacl-plan" else { return }
      let page = try await place.run("groff", "-man", "-k", "-Tascii", "-P-cbou", place.path("page.1")).out
      for part in ["--drop-public-grants", "'find -print0'", "~/.local/state/fixacl", "FIXACL_OWNER_PROFILE"] {
        #expect(page.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(part), "no \(part)")
      }
    }
  }

  @Test func unknownCommand() async throws {
    let result = try await Workplace(.nowhere).fixacl("man-page", "polish")
    #expect(result.status == 64 && result.out.isEmpty)
  }

  /// Writes each page to `page.1`.
  private static func each(_ body: (_ name: String, _ place: Workplace) async throws -> Void) async throws {
    let place = try Workplace(.nowhere)
    for command in try await [nil] + Installed.commands(place).map(Optional.some) {
      let page = try await place.start(["man-page"] + (command.map { [$0] } ?? []) + ["--date", "2026-11-26"]).result()
      #expect(page.status == 0 && page.err.isEmpty)
      try place.write(page.out, to: "page.1")
      try await body(command.map { "fixacl-\($0)" } ?? "fixacl", place)
    }
  }
}
