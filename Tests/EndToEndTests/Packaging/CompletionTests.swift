import Foundation
import TestSupport
import Testing

/// What shells offer when somebody presses Tab.
struct CompletionTests {
  /// A folder with plans, profiles, `fixacl` on the PATH, and a script for a shell.
  struct Stage {
    let place: Workplace

    init(_ shell: String) async throws {
      place = try Workplace(
        .nowhere,
        environment: [
          "PATH": URL(filePath: Workplace.programPath).deletingLastPathComponent().path + ":/usr/bin:/bin",
          "TERM": "xterm",
        ])
      try place.write("[site]\naws_access_key_id = AKIA\n[shared]\n", to: "credentials")
      try place.write("[default]\n[profile uploader]\n[profile \"my site\"]\n[sso-session s]\n", to: "config")
      for file in ["fix.json", "fix.json.journal", "with space.json"] { try place.write("", to: file) }
      let script = try await place.fixacl("--generate-completion-script", shell)
      #expect(script.status == 0 && script.err.isEmpty)
      try place.write(script.out, to: "_fixacl")
    }

    /// What bash's completion function offers for the last word.
    func bash(_ words: String..., setUp: String = "") async throws -> [String] {
      let script = """
        \(setUp)
        . ./_fixacl
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
        _fixacl "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """
      let result = try await place.run(["bash", "--norc", "-c", script, "bash"] + words)
      #expect(result.err.isEmpty)
      return result.out.split(separator: "\n").map(String.init).sorted()
    }

    /// What fish offers for a line.
    func fish(_ line: String) async throws -> [String] {
      let result = try await place.run("fish", "--no-config", "-c", "source ./_fixacl; complete -C '\(line)'")
      return result.out.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }.sorted()
    }

    /// What stands on zsh's line after a Tab.
    func zsh(_ line: String) async throws -> String {
      let script = """
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell "PROMPT=; fpath=($PWD \\$fpath); autoload -Uz compinit; compinit -u -D; print READ''Y"
        zpty -r shell seen '*READY*'
        zpty -w -n shell $'\(line)\\t'
        zpty -r -m shell seen '*\(line)*' ; typed=$seen
        for i in {1..50}; do
          sleep 0.1
          while zpty -r -t shell part; do typed+=$part; done
        done
        print -r -- "$typed"
        zpty -d shell
        """
      return try await place.run("timeout", "60", "zsh", "-f", "-c", script).out
    }
  }

  @Test(.needs("bash"), arguments: ["", ". /usr/share/bash-completion/bash_completion"])
  func bash(setUp: String) async throws {
    guard setUp.isEmpty || FileManager.default.fileExists(atPath: "/usr/share/bash-completion/bash_completion") else {
      return
    }
    let stage = try await Stage("bash")
    #expect(try await stage.bash("fixacl", "ap", setUp: setUp) == ["apply"])
    #expect(try await stage.bash("fixacl", "show", "f", setUp: setUp) == ["fix.json", "fix.json.journal"])
    #expect(try await stage.bash("fixacl", "apply", "with", setUp: setUp) == ["with space.json"])
    #expect(try await stage.bash("fixacl", "plan", "b", "-o", "fix.json.", setUp: setUp) == ["fix.json.journal"])
    #expect(
      try await stage.bash("fixacl", "plan", "b", "--profile", "", setUp: setUp)
        == ["default", "my site", "shared", "site", "uploader"])
    #expect(try await stage.bash("fixacl", "plan", "b", "--owner-profile", "u", setUp: setUp) == ["uploader"])
    #expect(try await stage.bash("fixacl", "plan", "b", "--strategy", "", setUp: setUp) == ["auto", "copy", "grant"])
    #expect(try await stage.bash("fixacl", "plan", "--deta", setUp: setUp) == ["--detailed-exitcode"])
    #expect(try await stage.bash("fixacl", "help", "rec", setUp: setUp) == ["reconcile"])
    #expect(try await !stage.bash("fixacl", "", setUp: setUp).contains("man-page"))
  }

  /// Where fixacl offers nothing, bash goes on as it does for programs without a script: behind `>`, for one.
  @Test(.needs("bash")) func bashStillCompletesFileNames() async throws {
    let stage = try await Stage("bash")
    let result = try await stage.place.run("bash", "--norc", "-c", ". ./_fixacl; complete -p fixacl")
    #expect(result.out.contains("-o default") && result.out.contains("-o bashdefault"), "\(result.out)")
  }

  @Test(.needs("bash")) func profilesThatCannotBeRead() async throws {
    let stage = try await Stage("bash")
    try stage.place.write("[broken\n", to: "config")
    #expect(try await stage.bash("fixacl", "plan", "b", "--profile", "").isEmpty)
  }

  @Test(.needs("fish")) func fish() async throws {
    let stage = try await Stage("fish")
    #expect(try await stage.fish("fixacl ap") == ["apply"])
    #expect(try await stage.fish("fixacl help rec") == ["reconcile"])
    #expect(try await stage.fish("fixacl show fix") == ["fix.json", "fix.json.journal"])
    #expect(try await stage.fish("fixacl plan b --strategy ") == ["auto", "copy", "grant"])
    #expect(try await stage.fish("fixacl plan b --deta") == ["--detailed-exitcode"])
  }

  @Test(.needs("zsh"), .timeLimit(.minutes(5))) func zsh() async throws {
    let stage = try await Stage("zsh")
    #expect(try await stage.zsh("fixacl rollb").contains("rollback"))
    #expect(try await stage.zsh("fixacl help rec").contains("reconcile"))
    #expect(try await stage.zsh("fixacl show fix.json.j").contains("fix.json.journal"))
    #expect(try await stage.zsh("fixacl plan b --profile uplo").contains("uploader"))
    #expect(try await stage.zsh("fixacl plan b --strategy gra").contains("grant"))
  }
}
