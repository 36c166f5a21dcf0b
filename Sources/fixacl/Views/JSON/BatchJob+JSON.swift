internal import FixACLKit
internal import AWSKit

extension EventJSON {
  static func line(_ report: BatchJobReport) -> [UInt8] {
    let record = report.record
    var json = JSONWriter()
    json.object { json in
      json.member("event", "job")
      json.member("command", report.command.rawValue)
      json.member("job", record.number)
      json.member("id", report.id)
      json.member("action", record.group.action.rawValue)
      json.member("account", record.account.digits)
      json.member("role", record.role)
      json.member("objects", record.tasks)
      json.member("manifest", "s3://\(record.manifest.bucket)/\(record.manifest.key)")
      if report.command == .submit { json.member("created", report.isNew) }
      if let job = report.job {
        json.member("status", job.status.rawValue)
        json.member("succeeded", job.succeeded)
        json.member("failed", job.failed)
        json.member("activeSeconds", job.activeSeconds ?? 0)
        if !job.failures.isEmpty {
          json.name("failures")
          json.array { json in
            for failure in job.failures {
              json.object { json in
                json.member("code", failure.code)
                json.member("reason", failure.reason)
              }
            }
          }
        }
      }
      if let problem = report.problem {
        json.name("error")
        ObjectFailure.withProfile(problem).write(to: &json)
      }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  static func line(_ summary: BatchSummary) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("event", "summary")
      json.member("command", summary.command.rawValue)
      json.member("result", summary.result.rawValue)
      json.member("exitStatus", Int(ExitStatus(summary.result).rawValue))
      json.member("file", summary.path)
      json.member("jobs", summary.jobs)
      json.member("objects", summary.tasks)
      json.member("waiting", summary.waiting)
      json.member("ended", summary.ended)
      if summary.command == .submit {
        json.name("left")
        json.array { json in
          for (obstacle, changes) in summary.left {
            json.object { json in
              json.member("reason", obstacle.word)
              json.member("objects", changes)
            }
          }
        }
      }
      write(summary.statistics, seconds: summary.seconds, to: &json)
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }
}
