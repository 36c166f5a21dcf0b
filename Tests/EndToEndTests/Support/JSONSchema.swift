import Foundation
import TestSupport

/// The schemas in `plans`.
enum JSONSchema {
  /// Checks a document, or each line of a file, with Python's jsonschema.
  ///
  /// - Returns: what is wrong; nothing if all is well.
  static func faults(_ schema: String, _ file: String, isLines: Bool = true, in place: Workplace) async throws
    -> String
  {
    let script = """
      import json, jsonschema, sys
      schema, path, is_lines = sys.argv[1:]
      folder = schema.rsplit("/", 1)[0] + "/"
      document = json.load(open(schema))
      jsonschema.Draft202012Validator.check_schema(document)
      resolver = jsonschema.RefResolver("file://" + folder, document)
      validator = jsonschema.Draft202012Validator(document, resolver=resolver)
      texts = open(path).read().splitlines() if is_lines == "yes" else [open(path).read()]
      if not texts: print("nothing is there")
      for text in texts:
          for error in validator.iter_errors(json.loads(text)):
              print(text[:300], error.json_path, error.message[:300])
      """
    let plans = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../plans")
      .standardizedFileURL.path
    let result = try await place.run(
      "python3", "-W", "ignore", "-c", script, "\(plans)/\(schema)", place.path(file), isLines ? "yes" : "no")
    return result.out + result.err
  }
}
