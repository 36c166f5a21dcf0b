internal import AWSKit

/// An order to forget what is cached.
struct Invalidation: Sendable, Identifiable {
  let id: String
  let callerReference: String
  /// Each begins with a slash; an asterisk at the end stands for any characters.
  let paths: [String]
  let createTime: Timestamp
  /// Until when it counts as in progress.
  let endTime: Timestamp

  func isInProgress(at now: Timestamp) -> Bool { now < endTime }

  func write(to writer: inout DocumentWriter) {
    writeSummary(to: &writer)
    writer.element("InvalidationBatch") { writer in
      writer.element("Paths") { writer in
        writer.element("Quantity", text: String(paths.count))
        writer.element("Items") { writer in
          for path in paths { writer.element("Path", text: path) }
        }
      }
      writer.element("CallerReference", text: callerReference)
    }
  }

  /// What of it lists have.
  func writeSummary(to writer: inout DocumentWriter) {
    writer.element("Id", text: id)
    writer.element("CreateTime", text: createTime.s3Date)
    writer.element("Status", text: isInProgress(at: .now()) ? "InProgress" : "Completed")
  }
}
