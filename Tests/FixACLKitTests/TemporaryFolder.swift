import FoundationEssentials
import Glibc

/// Makes a folder for the time of `body`, and removes it with all that is in it.
func withTemporaryFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
  let folder = makeTemporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// Makes a folder for the time of `body`, and removes it with all that is in it.
func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
  let folder = makeTemporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try await body(folder)
}

private func makeTemporaryFolder() -> String {
  var template = Array("/tmp/fixacl-kit-tests-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { fatalError("mkdtemp: \(String(cString: strerror(errno)))") }
  return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// The whole content of a file.
func readBytes(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(filePath: path)))
}

/// Makes or replaces a file.
func writeBytes(_ bytes: some Sequence<UInt8>, to path: String) throws {
  try Data(bytes).write(to: URL(filePath: path))
}

/// The names of what is in a folder.
func entries(of folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}
