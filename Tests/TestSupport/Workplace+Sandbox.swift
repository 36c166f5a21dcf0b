extension Workplace {
  /// Runs `fixacl-sandbox` to its end; one that takes its options stops when it finds that nothing comes on stdin.
  package func sandbox(_ options: [String]) async throws -> ProgramResult {
    try await run([Self.builtProgram("fixacl-sandbox")] + options + ["--stop-with-stdin"])
  }
}
