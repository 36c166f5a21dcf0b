internal import FixACLKit
internal import AWSKit

extension InvalidationSummary {
  /// Writes it as a member of a summary.
  func write(isDryRun: Bool, to json: inout JSONWriter) {
    json.object { json in
      json.member("result", result.rawValue)
      json.name("distributions")
      json.array { json in
        for target in distributions { target.write(isDryRun: isDryRun, to: &json) }
      }
      problem?.write(profile: profile, to: &json)
    }
  }
}

extension DistributionInvalidation {
  fileprivate func write(isDryRun: Bool, to json: inout JSONWriter) {
    json.object { json in
      json.member("distribution", distribution)
      json.member("name", name)
      json.member("objects", objects)
      json.member("paths", paths.count)
      json.member("wildcards", wildcards)
      json.member("result", word(isDryRun: isDryRun))
      if let id { json.member("id", id) }
      if let isCompleted { json.member("completed", isCompleted) }
      if isDryRun {
        json.name("items")
        json.array { json in
          for path in paths { json.string(path) }
        }
      }
      problem?.write(profile: profile, to: &json)
    }
  }

  /// The stable word for what came of it.
  private func word(isDryRun: Bool) -> String {
    if id != nil { return isNew ? "created" : "already" }
    if problem != nil { return "failed" }
    if paths.isEmpty { return "nothing" }
    return isDryRun ? "planned" : "interrupted"
  }
}
