/// What `~/.aws/config` or `~/.aws/credentials` says: sections of properties, in the file's order.
struct SharedConfigFile: Sendable, SecretHolding {
  /// Where the file is, `~` expanded.
  let path: String
  /// Why there is nothing to read, where that is so.
  let condition: Condition
  /// The sections, each name once.
  let sections: [Section]

  /// What became of reading the file.
  enum Condition: Sendable, Equatable {
    /// It was read.
    case read
    /// There is no such file, which is no error: each of the two may be missing.
    case notFound
    /// It is there and could not be read, for this reason.
    case unreadable(String)
  }

  /// Parses what was read.
  ///
  /// A file that cannot be read counts as an empty one, as in the AWS CLI: a service often runs with its keys
  /// in the environment and with a home directory that it may not look into. Error messages say so.
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

  /// The path, and why nothing came of it.
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
    /// What stands between the brackets, quotation marks and all, without blanks around it.
    let name: String
    /// By name, in lower case.
    var properties: [String: Property] = [:]

    /// A property's value; nil where there is none, an empty one or a block of nested properties.
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

  /// What follows a property's name.
  enum Property: Sendable, Equatable, SecretHolding {
    /// A value; with line breaks, where indented lines go on with it.
    case text(String)
    /// A block of indented properties.
    case nested([String: String])
  }
}
