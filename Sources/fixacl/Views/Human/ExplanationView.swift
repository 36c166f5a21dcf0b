internal import FixACLKit
internal import AWSKit

/// The answer to `explain` for people: a verdict in a sentence, the layers, the proof, and the fix.
struct ExplanationView {
  private let explanation: Explanation
  private let logs: LogFindings?
  private var writer: ResultWriter
  private var style: Style { writer.style }
  private static let layerWidth = 21
  private static let verdictWidth = 9

  init(_ explanation: Explanation, _ logs: LogFindings?, writer: ResultWriter) {
    self.explanation = explanation
    self.logs = logs
    self.writer = writer
  }

  mutating func show() throws(FileError) {
    let target = "s3://\(explanation.bucket)/\(explanation.key.text)"
    try writer.line(styled: style.bold(explanation.url.map { "\($0)" } ?? target))
    if explanation.url != nil { try writer.line("  \(target)") }
    if let version = explanation.versionID { try writer.line("  version \(version)") }
    for reader in explanation.readers { try show(reader) }
    try showProbes()
    if let logs {
      let readers = explanation.readers.compactMap { AccessFix.PlannedReader($0.subject) }
      try LogFindingsView.show(
        logs, bucket: explanation.bucket, readers: readers.flatMap(\.options), to: &writer)
    }
    try writer.finish()
  }

  private mutating func show(_ reader: ReaderExplanation) throws(FileError) {
    try writer.line()
    let style = style
    try writer.paragraph(Self.sentence(for: reader), hanging: 2) { line in
      switch reader.verdict {
      case .allowed: style.green(line)
      case .denied: style.red(line)
      case .unknown: style.yellow(line)
      }
    }
    try writer.line()
    for report in reader.layers {
      let prefix =
        "  " + report.layer.rawValue.padded(to: Self.layerWidth)
        + Self.word(for: report.verdict).padded(to: Self.verdictWidth)
      let detail = report.detail
      try writer.paragraph(detail, prefix: detail.isEmpty ? prefix.trimmedAtEnd : prefix, hanging: prefix.count) {
        line in
        switch report.verdict {
        case .denies: style.red(line)
        case .unknown: style.yellow(line)
        case .notApplicable: style.dim(line)
        case .allows, .note: StyledText(line)
        }
      }
    }
    guard !reader.fixes.isEmpty else { return }
    try writer.line()
    try writer.line("To give the reader access:")
    for fix in reader.fixes {
      let warning = fix.widensAccess ? " This gives others access too." : ""
      try writer.paragraph(fix.text.asSentence + warning, prefix: "  - ", hanging: 4)
      let words = fix.words
      if !words.isEmpty { try writer.line("    " + SameCommand.line(words)) }
    }
  }

  private mutating func showProbes() throws(FileError) {
    guard !explanation.probes.isEmpty else { return }
    try writer.line()
    try writer.line("Proof, one byte each:")
    for probe in explanation.probes {
      var text = Self.answer(of: probe)
      if !probe.message.isEmpty { text += ": \(probe.message)" }
      try writer.paragraph(text, prefix: "  " + Self.name(of: probe.identity).padded(to: 17), hanging: 6)
    }
  }

  /// The verdict, and what it comes from.
  static func sentence(for reader: ReaderExplanation) -> String {
    let name = reader.subject.name
    switch reader.verdict {
    case .allowed:
      return reader.isByProof
        ? "allowed: \(name) gets the object, as the proof below shows." : "allowed: \(name) can read the object."
    case .denied:
      guard let report = reader.layers.first(where: { $0.verdict == .denies }), let reason = report.denying.first else {
        return "denied: \(name) cannot read the object. Only the proof below shows it: something that fixacl cannot see"
          + " refuses it."
      }
      return "denied: \(name) cannot read the object: \(reason.explanation)."
    case .unknown:
      let unknown = reader.layers.filter { $0.verdict == .unknown }.map(\.layer)
      // What an organization denies can seldom be seen, and makes nothing unknown.
      let hidden = unknown.filter { $0 != .organization }
      let cause =
        hidden.isEmpty
        ? "The layers allow it, but the proof below does not show it."
        : "It could not see: \(hidden.map(\.rawValue).joined(separator: ", "))."
      return "unknown: fixacl cannot tell whether \(name) can read the object. \(cause)"
    }
  }

  private static func word(for verdict: LayerVerdict) -> String {
    verdict == .notApplicable ? "-" : verdict.rawValue
  }

  private static func name(of identity: Probe.Identity) -> String {
    switch identity {
    case .profile(let name, _, _): name
    case .anonymous: "anonymous"
    case .viewer: "through the URL"
    }
  }

  private static func answer(of probe: Probe) -> String {
    guard let status = probe.status else { return "no answer" }
    var text = "\(status)" + (probe.code.map { " \($0)" } ?? "")
    switch probe.answeredBy {
    case .origin: text += " from S3"
    case .edge: text += " from the edge"
    case nil: break
    }
    if probe.isOfEmptyObject { text += ", since an empty object has no first byte" }
    if let age = probe.ageSeconds { text += ", cached for \(age) s" }
    if let location = probe.location { text += ", to \(location)" }
    return text
  }
}
