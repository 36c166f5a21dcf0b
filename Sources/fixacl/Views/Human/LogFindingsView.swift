internal import FixACLKit
internal import AWSKit

/// What access logs say, for people.
enum LogFindingsView {
  /// The most rows of a table.
  private static let maximumRows = 10
  /// The most keys of a row.
  private static let maximumKeys = 3

  /// - Parameter readers: for whom the repair is to be planned, as options of `plan`.
  static func show(
    _ logs: LogFindings, bucket: String, readers: [String], to writer: inout ResultWriter
  ) throws(FileError) {
    if let s3 = logs.report.s3 { try show(s3, to: &writer) }
    if let cloudFront = logs.report.cloudFront { try show(cloudFront, to: &writer) }
    try show(logs.objects, of: logs.report.keyCount, to: &writer)
    for problem in logs.report.problems.prefix(maximumRows) {
      try writer.paragraph("\(problem.place): \(problem.text)", prefix: "  ! ", hanging: 4)
    }
    let more = logs.report.problemCount - min(logs.report.problems.count, maximumRows)
    if more > 0 { try writer.line("  ! and \(Quantity.count(more)) more problems") }
    guard let written = logs.written else { return }
    try writer.line()
    let omitted = written.keys.omitted
    try writer.paragraph(
      "\(Quantity.count(written.keys.count, "refused key")) in \(written.path)"
        + (omitted > 0 ? " (\(Quantity.count(omitted)) with line feeds left out)" : "")
        + (written.keys.count > 0 ? ". To plan their repair:" : "."), hanging: 2)
    guard written.keys.count > 0 else { return }
    let words =
      ["fixacl", "plan", SameCommand.bucketOfObject(bucket)] + readers + [
        "--keys-from", written.path, "-o", "plan.json",
      ]
      + SameCommand.credentialWords
    try writer.line("  " + SameCommand.line(words))
  }

  private static func show(_ s3: AccessLogReport.S3, to writer: inout ResultWriter) throws(FileError) {
    try writer.line()
    try writer.paragraph(
      "S3's access logs: \(Quantity.count(s3.refused, "read")) refused, \(Quantity.count(s3.succeeded)) succeeded;"
        + " \(extent(s3.extent)).", hanging: 2)
    for requester in s3.requesters.prefix(maximumRows) {
      var text = "\(Quantity.count(requester.refused)) refused, \(Quantity.count(requester.succeeded)) succeeded"
      text += span(requester.firstRefused, requester.lastRefused)
      if !requester.refusedKeys.isEmpty { text += ": \(keys(requester.refusedKeys))" }
      if requester.neededACL > 0 {
        text +=
          "; \(Quantity.count(requester.neededACL)) needed an ACL, and would be refused under BucketOwnerEnforced"
      }
      try writer.paragraph(text, prefix: "  \(name(of: requester.name).escapedForTerminal): ", hanging: 6)
    }
    if s3.hasMoreRequesters { try writer.line("  and others, each with fewer") }
  }

  private static func show(_ logs: AccessLogReport.CloudFront, to writer: inout ResultWriter) throws(FileError) {
    try writer.line()
    try writer.paragraph(
      "CloudFront's logs: \(Quantity.count(logs.failed, "view")) failed, \(Quantity.count(logs.succeeded)) succeeded;"
        + " \(extent(logs.extent)).", hanging: 2)
    for result in logs.results.prefix(maximumRows) {
      let text =
        "\(Quantity.count(result.count)), \(answerer(result.answeredBy))\(span(result.first, result.last)): "
        + keys(result.paths)
      try writer.paragraph(text, prefix: "  \(result.status) \(result.type.escapedForTerminal): ", hanging: 6)
    }
  }

  private static func show(
    _ objects: [RefusedObject], of count: Int, to writer: inout ResultWriter
  ) throws(FileError) {
    guard !objects.isEmpty else { return }
    try writer.line()
    try writer.line("Refused most often, of \(Quantity.count(count, "key")):")
    for object in objects.prefix(maximumRows) {
      let now: String =
        switch object.state {
        case .found(let owner, let acl, _):
          (owner.map { "owned by account \(PlanView.shortened($0))" } ?? "its owner is unknown")
            + (acl.map { ", \(Quantity.count($0.grants.count, "grant"))" } ?? ", its ACL cannot be seen")
        case .missing: "the object no longer exists"
        case .unknown(let error): "\(error)"
        }
      try writer.paragraph(
        "\(Quantity.count(object.refused.count, "time"))\(span(object.refused.first, object.refused.last)); \(now)",
        prefix: "  \(object.refused.key): ", hanging: 6)
    }
  }

  private static func name(of requester: LogRequester) -> String {
    switch requester.kind {
    case .anonymous: "anonymous"
    case .canonicalID: "canonical ID \(requester.text.prefix(12))…"
    case .arn, .service, .unknown: requester.text
    }
  }

  private static func keys(_ keys: [ObjectKey]) -> String {
    keys.prefix(maximumKeys).map { "\($0)" }.joined(separator: ", ") + (keys.count > maximumKeys ? ", …" : "")
  }

  private static func extent(_ extent: AccessLogReport.Extent) -> String {
    var text = "\(Quantity.count(extent.lines, "line")) in \(Quantity.count(extent.files, "file"))"
    if let first = extent.first, let last = extent.last { text += ", \(first.extended) to \(last.extended)" }
    return text
  }

  private static func span(_ first: Timestamp?, _ last: Timestamp?) -> String {
    guard let first, let last else { return "" }
    return first == last ? ", at \(first.extended)" : ", from \(first.extended) to \(last.extended)"
  }

  private static func answerer(_ answerer: LogAnswerer) -> String {
    switch answerer {
    case .edge: "answered by the edge"
    case .origin: "answered by the origin"
    case .originOrCache: "answered by the origin or from the cache"
    case .viewer: "the viewer's fault"
    }
  }
}

extension LogProblem {
  /// What is wrong: a sentence without its full stop.
  var text: String {
    switch kind {
    case .unreadable(let why): "it cannot be read: \(why)"
    case .damaged(let why): "it is damaged gzip, and only its beginning was read: \(why)"
    case .truncated: "it ends too early; fixacl read the part before that"
    case .notALog: "it is not an access log"
    case .otherKind(.s3): "it is a log of S3's: give it with --access-logs"
    case .otherKind(.cloudFront): "it is a log of CloudFront's: give it with --cloudfront-logs"
    case .otherForm(let form): "it is a log in \(form), which fixacl does not read"
    case .missingColumn(let name): "it has no column \(name)"
    case .unreadableLines(let count, let first):
      "\(Quantity.count(count, "line")) skipped, the first is line \(first)"
    case .empty: "there is no log"
    }
  }
}
