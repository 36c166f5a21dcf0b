import Foundation
import TestSupport
import Testing

/// What a reader of the README does with the sandbox.
struct RehearsalTests {
  private static let sandbox = Workplace.builtProgram("fixacl-sandbox")

  @Test func theDemo() async throws {
    let place = try Workplace(.nowhere)
    let run = try await place.run(Self.sandbox, "demo")
    #expect(run.status == 0, "\(run.out)\(run.err)")
    let answers = run.out.split(separator: "\n").filter { $0.hasPrefix("→") }
    #expect(answers == ["→ 200", "→ 403", "→ 403", "→ 200"])
    let verdicts = run.out.split(separator: "\n").filter { $0.hasPrefix("denied:") || $0.hasPrefix("allowed:") }
    #expect(verdicts.map { String($0.prefix { $0 != ":" }) } == ["denied", "allowed"])
    #expect(run.err.contains("499 changed"))
    #expect(run.err.contains("500 as planned"))
    #expect(run.err.contains("500 foreign, nothing to change"))
    #expect(!place.exists("plan.json"), "the demo works in a folder of its own")
  }

  /// The environment and the commands that it prints are all that is needed to go on by hand.
  @Test(arguments: ["", "--tls"])
  func theIncidentByHand(option: String) async throws {
    let place = try Workplace(.nowhere)
    let run = try await place.shell(
      """
      mkfifo lifeline && { "\(Self.sandbox)" --incident \(option) --stop-with-stdin < lifeline > printed & }
      exec 9> lifeline
      until grep -q 'fixacl apply' printed; do sleep 0.1; kill -0 $! || exit 9; done
      fixacl() { "$FIXACL" "$@"; }
      unset AWS_ENDPOINT_URL AWS_SHARED_CREDENTIALS_FILE AWS_CONFIG_FILE AWS_REGION AWS_PROFILE
      eval "$(grep '^ *export ' printed)"
      grep -E '^ *fixacl (plan|apply) ' printed > commands && cat commands >&2 && . ./commands
      status=$?
      folder=$(dirname "$AWS_SHARED_CREDENTIALS_FILE"); test -d "$folder" || exit 8
      exec 9>&-; wait $!; test ! -e "$folder" || exit 7
      exit $status
      """)
    #expect(run.status == 0, "\(run.out)\(run.err)")
    #expect(run.err.contains("500 to grant"))
    #expect(run.err.contains("500 changed"))
  }
}
