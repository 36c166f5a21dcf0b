internal import FixACLKit
internal import AWSKit

extension EdgeSummary {
  /// Writes it as a member of a summary.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.name("distributions")
      json.array { json in
        for id in distributions { json.string(id) }
      }
      json.member("objects", objects)
      json.member("notServed", notServed)
      json.member("asked", asked)
      json.member("served", served)
      json.member("differing", differing)
      json.member("cachedErrors", cachedErrors)
      json.member("failed", failed)
      problem?.write(profile: credentials.profile, to: &json)
    }
  }
}
