import Foundation
import TestSupport

extension Workplace {
  /// Runs fixacl on a terminal of its own.
  ///
  /// - Parameters:
  ///   - typing: what somebody types once they are asked for a code; `\u{3}` is Ctrl-C.
  ///   - redirections: of a shell's, such as `2>errors`.
  /// - Returns: what the terminal showed as the output.
  func fixaclOnTerminal(
    _ arguments: [String], typing: String, redirections: String = "", environment: [String: String] = [:]
  ) async throws -> ProgramResult {
    let script = """
      import os, pty, select, sys, time
      typing, command = sys.argv[1].encode(), sys.argv[2:]
      pid, terminal = pty.fork()
      if pid == 0: os.execv('/bin/sh', ['sh', '-c', 'exec "$@" \(redirections)', 'sh'] + command)
      shown, asked, end = b'', False, time.time() + 60
      while time.time() < end:
          if not select.select([terminal], [], [], 0.2)[0]: continue
          try: piece = os.read(terminal, 65536)
          except OSError: break
          if not piece: break
          shown += piece
          if not asked and b'MFA code' in shown:
              asked = True
              time.sleep(0.1)
              os.write(terminal, typing)
      else: os.kill(pid, 9)
      status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
      sys.stdout.buffer.write(shown)
      sys.exit(status if status >= 0 else 200)
      """
    return try await run(["python3", "-c", script, typing, Self.programPath] + arguments, environment: environment)
  }
}
