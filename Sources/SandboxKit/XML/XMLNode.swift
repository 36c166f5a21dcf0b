/// An element of a document that a client sent: its local name, and its text or its children.
struct XMLNode: Sendable, Equatable {
  let name: String
  /// Empty if there are children: blanks between them count for nothing.
  var text = ""
  var children: [XMLNode] = []

  init(name: String) {
    self.name = name
  }

  /// Parses a document whose root has the name `root`.
  init(parsing document: [UInt8], root: String) throws(MalformedXML) {
    self = try XMLReader.read(document)
    guard name == root else { throw MalformedXML() }
  }

  /// The first child with that name.
  subscript(name: String) -> XMLNode? { children.first { $0.name == name } }

  /// All children with that name.
  func all(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }
}

/// A document that is not well-formed, or has another root than it must have.
struct MalformedXML: Error {}
