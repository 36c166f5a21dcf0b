/// The content of `~/.aws/config` or `~/.aws/credentials`: sections of properties, in the file's order.
struct SharedConfigFile: Sendable, SecretHolding {
  /// The file's path, with `~` expanded.
  let path: String
  /// Whether it was read, and if not, why.
  let condition: Condition
  /// The sections, each name once.
  let sections: [Section]

  /// The result of reading the file.
  enum Condition: Sendable, Equatable {
    /// It was read.
    case read
    /// There is no such file. That is no error: each of the two files may be missing.
    case notFound
    /// It exists but could not be read, for this reason.
    case unreadable(String)
  }

  /// Parses a file's content.
  ///
  /// An unreadable file counts as empty, as in the AWS CLI: services often run with keys in the environment and a home
  /// directory that they may not read. Error messages mention it.
  init(path: String, content: FileContent) throws(CredentialsError) {
    self.path = path
    switch content {
    case .bytes(let bytes):
      condition = .read
      var parser = SharedConfigParser(path: path)
      sections = try parser.parse(bytes)
    case .notFound:
      condition = .notFound
      sections = []
    case .unreadable(let reason):
      condition = .unreadable(reason)
      sections = []
    }
  }

  /// The section with exactly this name.
  func section(_ name: String) -> Section? {
    sections.first { $0.name == name }
  }

  /// The path, and why it could not be read.
  var pathAndCondition: String {
    switch condition {
    case .read: path
    case .notFound: path + " (not found)"
    case .unreadable(let reason): path + " (cannot be read: \(reason))"
    }
  }
}

extension SharedConfigFile {
  /// One `[name]` and the properties below it.
  struct Section: Sendable, SecretHolding {
    /// The text between the brackets, with quotation marks, without surrounding blanks.
    let name: String
    /// By name, in lower case.
    var properties: [String: Property] = [:]

    /// A property's value; nil if it is missing, empty, or a block of nested properties.
    subscript(name: String) -> String? {
      guard case .text(let text)? = properties[name], !text.isEmpty else { return nil }
      return text
    }

    /// A property of a nested block (`endpoint_url` under `s3 =`), which AWS spells in lower case.
    subscript(block: String, name: String) -> String? {
      guard case .nested(let nested)? = properties[block], let text = nested[name] else { return nil }
      return text.isEmpty ? nil : text
    }
  }

  /// The value of a property.
  enum Property: Sendable, Equatable, SecretHolding {
    /// A text; it contains line breaks if indented lines continue it.
    case text(String)
    /// A block of indented properties.
    case nested([String: String])
  }
}
