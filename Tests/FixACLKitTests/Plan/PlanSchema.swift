import Foundation

/// `plans/plan.schema.json`, and Python's jsonschema (Debian: python3-jsonschema) to check documents against it.
enum PlanSchema {
  static let plansFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "plans").path

  static let path = plansFolder + "/plan.schema.json"

  /// Whether Python is there, and a jsonschema that knows draft 2020-12 (Debian 12's does).
  @Sendable static func canBeChecked() async -> Bool {
    (try? await python("import jsonschema; jsonschema.Draft202012Validator")) == ""
  }

  /// Checks documents, and that the schema refuses them where any member is missing or one too many.
  ///
  /// - Returns: what is wrong, a line each; nothing where all is well.
  static func faults(of paths: [String]) async throws -> String {
    try await python(
      """
      import copy, json, jsonschema, sys
      schema = json.load(open(sys.argv[1]))
      jsonschema.Draft202012Validator.check_schema(schema)
      validator = jsonschema.Draft202012Validator(schema)
      # Whose members have names of their own.
      tables = {"acls", "byOwner", "blockedBy", "owners"}
      # What only some changes have.
      optional = {"preserved", "tags", "versionId", "reason"}
      # What only some buckets have.
      optional |= {"defaultEventHoldDays", "defaultEventHoldYears"}
      # What a plan remembers only if it was asked for.
      optional |= {"includeOwn", "objectOwners", "modifiedSince", "keysFrom", "missing", "credentials", "externalId"}

      def objects(value, path=()):
          if isinstance(value, dict):
              yield path
          for name, child in value.items() if isinstance(value, dict) else enumerate(value):
              if isinstance(child, (dict, list)):
                  yield from objects(child, path + (name,))

      def at(document, path):
          for name in path:
              document = document[name]
          return document

      for path in sys.argv[2:]:
          plan = json.load(open(path))
          for error in validator.iter_errors(plan):
              print(path, error.json_path, error.message)
          seen = set()
          for place in objects(plan):
              # One of each kind is enough.
              kind = tuple(name if isinstance(name, str) and not set(place[:-1]) & tables else "*" for name in place)
              if kind in seen or place and place[-1] in tables:
                  continue
              seen.add(kind)
              for name in [*at(plan, place), None]:
                  changed = copy.deepcopy(plan)
                  if name is None:
                      at(changed, place)["surplus"] = 1
                  else:
                      del at(changed, place)[name]
                  if name not in optional and validator.is_valid(changed):
                      print(path, place, "is valid", "with a surplus member" if name is None else f"without {name}")
      """, [path] + paths)
  }

  /// What a script prints, on stdout and on stderr.
  private static func python(_ script: String, _ arguments: [String] = []) async throws -> String {
    let output = FileManager.default.temporaryDirectory.path + "/fixacl-python-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: output) }
    try Data().write(to: URL(filePath: output))
    let file = try FileHandle(forWritingTo: URL(filePath: output))
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-W", "ignore", "-c", script] + arguments
    process.standardOutput = file
    process.standardError = file
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
    return try String(contentsOfFile: output, encoding: .utf8)
  }
}
