import Glibc
import Testing

@testable import FixACLKit

/// Files that take the place of others.
@Suite struct ReplacedFileTests {
  /// A journal is the only undo there is. Whatever a user names by mistake, it stays.
  @Test(arguments: ["fixacl-journal/1", "fixacl-journal/2", "fixacl-journal/9"])
  func aJournalStays(format: String) throws {
    try withTemporaryFolder { folder in
      let content = Array("{\"format\":\"\(format)\",\"plan\":\"x\"}\n".utf8)
      try writeBytes(content, to: folder + "/p.journal")
      try #require(symlink("p.journal", folder + "/link") == 0)
      for path in [folder + "/p.journal", folder + "/link"] {
        let error = try #require(throws: FileError.self) { try OpenFile.replacing(path) { try $0.write([1]) } }
        #expect(error.description.contains("it is a journal, which is needed to undo changes"))
        #expect(throws: FileError.self) { try PlanWriter.checkFile(path) }
        #expect(try readBytes(path) == content)
      }
    }
  }

  @Test(arguments: ["", "{", "{\"format\":\"fixacl-plan/1\"", "fixacl-journal/"])
  func anythingElseIsReplaced(content: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/p"
      try writeBytes(content.utf8, to: path)
      try PlanWriter.checkFile(path)
      try OpenFile.replacing(path) { try $0.write([1]) }
      #expect(try readBytes(path) == [1])
    }
  }
}
