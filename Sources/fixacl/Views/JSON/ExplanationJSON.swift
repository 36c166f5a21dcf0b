internal import FixACLKit
internal import AWSKit

/// The answer to `explain` as one JSON document; `plans/explain.schema.json` describes it.
enum ExplanationJSON {
  static func document(_ explanation: Explanation, _ logs: LogFindings?) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("format", "fixacl-explain/1")
      json.name("target")
      json.object { json in
        json.member("url", explanation.url?.description)
        json.member("distribution", explanation.distribution)
        json.member("bucket", explanation.bucket)
        json.name("key")
        json.string(explanation.key.bytes)
        json.member("versionId", explanation.versionID)
      }
      json.name("readers")
      json.array { json in
        for reader in explanation.readers { write(reader, to: &json) }
      }
      json.name("probes")
      json.array { json in
        for probe in explanation.probes { write(probe, to: &json) }
      }
      json.name("logs")
      logs.write(to: &json)
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  private static func write(_ reader: ReaderExplanation, to json: inout JSONWriter) {
    json.object { json in
      json.name("reader")
      reader.subject.write(to: &json)
      json.member("verdict", reader.verdict.rawValue)
      json.name("deniedBy")
      reader.deniedBy.map(\.rawValue).write(to: &json)
      json.name("layers")
      json.array { json in
        for report in reader.layers { write(report, to: &json) }
      }
      json.name("fixes")
      json.array { json in
        for fix in reader.fixes {
          json.object { json in
            json.member("text", fix.text)
            json.name("command")
            fix.words.write(to: &json)
            json.member("widensAccess", fix.widensAccess)
          }
        }
      }
    }
  }

  private static func write(_ report: LayerReport, to json: inout JSONWriter) {
    json.object { json in
      json.member("layer", report.layer.rawValue)
      json.member("verdict", report.verdict.rawValue)
      json.name("reasons")
      report.reasons.map(\.rawValue).write(to: &json)
      json.member("detail", report.detail)
      json.name("evidence")
      json.array { json in
        for evidence in report.evidence {
          json.object { json in
            json.member("operation", evidence.operation)
            json.member("profile", evidence.profile)
            json.name("status")
            evidence.status.write(to: &json)
            json.member("code", evidence.code)
            json.member("requestId", evidence.requestID)
            json.member("seen", evidence.seen)
          }
        }
      }
    }
  }

  private static func write(_ probe: Probe, to json: inout JSONWriter) {
    json.object { json in
      json.member("identity", name(of: probe.identity))
      json.member("target", probe.target)
      json.name("status")
      probe.status.write(to: &json)
      json.member("code", probe.code)
      json.member("answeredBy", probe.answeredBy?.rawValue)
      json.member("message", probe.message)
      json.member("requestId", probe.requestID)
      json.name("ageSeconds")
      probe.ageSeconds.write(to: &json)
    }
  }

  private static func name(of identity: Probe.Identity) -> String {
    switch identity {
    case .profile(let name, _, _): name
    case .anonymous: "anonymous"
    case .viewer: "viewer"
    }
  }
}
