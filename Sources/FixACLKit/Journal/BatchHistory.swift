/// What a journal knows of jobs of S3 Batch Operations.
package struct BatchHistory: Sendable, Equatable {
  /// A job, as far as it has come.
  package struct Job: Sendable, Equatable {
    package let record: BatchJobRecord
    /// S3's ID; nil if the answer to its creation is not known.
    package fileprivate(set) var id: String?
    /// The status that it ended with, once its report has been read.
    package fileprivate(set) var collected: String?

    package var number: Int { record.number }
  }

  private var byNumber: [Int: Job] = [:]

  /// All jobs that may have been created, in the order of their numbers. Jobs of a submission that was killed before all
  /// of them were recorded were not.
  package var jobs: [Job] {
    byNumber.values.filter { job in
      job.record.submission.allSatisfy { byNumber[$0]?.record.submission == job.record.submission }
    }.sorted { $0.number < $1.number }
  }

  /// The jobs whose reports have not been read: until then, nobody else may write to their objects.
  package var underWay: [Job] { jobs.filter { $0.collected == nil } }

  /// The number of the next job.
  package var nextNumber: Int { (jobs.last?.number ?? 0) + 1 }

  package mutating func take(_ record: BatchRecord) {
    switch record {
    case .submits(let job): byNumber[job.number] = Job(record: job)
    case .created(let number, let id): byNumber[number]?.id = id
    case .collected(let number, let status): byNumber[number]?.collected = status
    }
  }
}
