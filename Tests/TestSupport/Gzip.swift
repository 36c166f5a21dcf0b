internal import Foundation

/// The content as the program `gzip` compresses it, which nobody here wrote.
package func gzipped(_ content: some Sequence<UInt8>) throws -> [UInt8] {
  let folder = FileManager.default.temporaryDirectory.appending(path: "fixacl-gzip-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appending(path: "content")
  try Data(content).write(to: file)
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["gzip", "-9n", file.path(percentEncoded: false)]
  try process.run()
  process.waitUntilExit()
  return Array(try Data(contentsOf: folder.appending(path: "content.gz")))
}
