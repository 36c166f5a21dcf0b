internal import FixACLKit
internal import AWSKit

extension BatchJobReport {
  /// A line about the job, for people.
  var text: String {
    let name = "job \(record.number)" + (id.map { " (\($0))" } ?? "")
    return "\(name): \(state); \(record.group.action.rawValue) of \(Quantity.count(record.tasks, "object")), \(account)"
  }

  private var state: String {
    guard let job else {
      if let problem { return "unknown: \(problem)" }
      return id == nil ? "not created yet" : "created"
    }
    var parts: [String] = [job.status == .suspended ? "waits for confirmation" : job.status.rawValue]
    if isNew { parts.insert("created", at: 0) }
    if isStarted { parts.insert("confirmed", at: 0) }
    if job.tasks > 0, job.succeeded + job.failed > 0 || job.status.isFinal {
      parts.append(
        "\(Quantity.count(job.succeeded)) of \(Quantity.count(job.tasks)) done, \(Quantity.count(job.failed)) failed")
    }
    if let seconds = job.activeSeconds, seconds > 0 {
      parts.append("in \(Quantity.duration(seconds: Double(seconds)))")
    }
    for failure in job.failures { parts.append("\(failure.code): \(failure.reason)") }
    return parts.joined(separator: ", ")
  }
}

extension BatchObstacle {
  /// Why no job can make the change, as a clause about the objects.
  var explanation: String {
    switch self {
    case .tooLarge: "larger than 5 GiB, which a job cannot copy"
    case .grantFirst: "that the bucket owner cannot read until their owner grants it"
    case .tagsHidden: "with tags that the bucket owner may not read"
    case .storageClass: "of a storage class that a job cannot keep"
    case .encryption: "encrypted in a way that a job cannot keep"
    case .unreadable: "not readable by the bucket owner"
    case .changed: "not what the plan saw"
    case .copy(let reason): "which no copy can keep as they are (\(reason.rawValue))"
    case .version: "a version whose ID no manifest can hold"
    }
  }
}
