internal import FixACLKit
internal import AWSKit

/// A message for stderr: what kind of thing it is, and its text.
struct Message {
  enum Level: String {
    /// With `--verbose` only.
    case debug
    case note
    case warning
    case error

    /// What a message begins with.
    var word: String { rawValue + ":" }
  }

  let level: Level
  /// A stable word for programs, such as `reader-denied`.
  let code: String
  /// Sentences, unescaped.
  let text: String
  /// What to do next.
  var advice: String?
  /// What a server said, if it is about that.
  var failure: ObjectFailure?
  /// What it is about.
  var bucket: String?
  var key: ObjectKey?
  /// Commands to type next, each whole and on a line of its own.
  var commands: [String]
  /// What else programs get to know, by name.
  var fields: [(name: String, value: String)] = []

  init(
    _ level: Level, _ code: String, _ text: String, advice: String? = nil, failure: ObjectFailure? = nil,
    bucket: String? = nil, key: ObjectKey? = nil, commands: [String] = []
  ) {
    self.level = level
    self.code = code
    self.text = text
    self.advice = advice
    self.failure = failure
    self.bucket = bucket
    self.key = key
    self.commands = commands
  }

  /// A message about an error of AWS's: what was done, the server's answer, and what to do next.
  ///
  /// - Parameter prefix: what stands before the server's answer.
  init(_ level: Level, _ code: String, prefix: String = "", _ error: AWSError) {
    let advice = Advice.text(for: error)
    self.init(
      level, code, prefix + "\(error).", advice: advice.isEmpty ? nil : advice, failure: .withProfile(error),
      bucket: error.bucket, key: error.key)
  }

  /// The same after a sentence of its own, which has no full stop.
  init(_ level: Level, _ code: String, _ text: String, _ error: AWSError) {
    self.init(level, code, prefix: text + ". ", error)
  }

  /// What people get, without colours: a paragraph, and below it each command whole and on a line of its own.
  func lines(_ layout: TextLayout) -> [String] {
    let paragraph = advice.map { "\(text) \($0)" } ?? text
    return layout.lines(
      of: paragraph.escapedForTerminal, prefix: level.word + " ", hanging: level.word.count + 1)
      + commands.map { "  " + $0.escapedForTerminal }
  }

  /// The fields that are numbers.
  private static let numbers: Set<String> = ["status", "attempt", "milliseconds"]

  /// The line for programs.
  var json: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("level", level.rawValue)
      json.member("event", code)
      json.member("message", text)
      if let advice { json.member("advice", advice) }
      if !commands.isEmpty {
        json.name("commands")
        json.array { json in
          for command in commands { json.string(command) }
        }
      }
      if let bucket { json.member("bucket", bucket) }
      if let key {
        json.name("key")
        json.string(key.bytes)
      }
      for field in fields {
        if let number = Int(field.value), Self.numbers.contains(field.name) {
          json.member(field.name, number)
        } else {
          json.member(field.name, field.value)
        }
      }
      if let failure {
        json.name("error")
        failure.write(to: &json)
      }
    }
    return json.bytes
  }
}
