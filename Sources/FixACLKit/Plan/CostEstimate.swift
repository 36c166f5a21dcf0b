/// What a plan costs when it is carried out, one way or the other: an estimate, without retries.
package struct CostEstimate: Sendable, Equatable {
  /// One of the two ways.
  package struct Way: Sendable, Equatable {
    package var requests = 0
    /// US dollars.
    package var dollars = 0.0
    /// The least time in one partition of the bucket's keys, in seconds.
    package var seconds = 0.0
  }

  /// `fixacl apply`: each object is looked at before it is changed.
  package private(set) var apply = Way()
  /// S3 Batch Operations, for what it can do of the plan; nil if that is nothing.
  package private(set) var batch: Way?
  /// Jobs of S3 Batch Operations; nil if their number is not known.
  package private(set) var jobs: Int?
  /// What copies cost either way besides requests: reading the bytes, and storing the objects that they replace for as long
  /// as their storage classes are charged at least. US dollars.
  package private(set) var copyDollars = 0.0
  package let region: String
  package let date: String

  /// Requests that S3 serves a second for each partition of the bucket's keys, at least (S3 User Guide, "Best practices
  /// design patterns: optimizing Amazon S3 performance").
  private static let writesPerSecond = 3500.0
  private static let readsPerSecond = 5500.0

  /// - Parameter jobs: how many jobs of S3 Batch Operations would be made; nil if that is not known.
  package init(_ summary: PlanSummary, prices: PriceTable, jobs: Int? = nil) {
    region = prices.region
    date = prices.date
    self.jobs = jobs
    var (reads, writes, tasks) = (0, 0, 0)
    var batchDollars = 0.0
    for (name, count) in summary.changesByStorageClass.sorted(by: { $0.key < $1.key }) {
      let price = prices.prices(of: name)
      // A grant reads the ACL and writes it; a copy reads headers and ACL before and after.
      let twice = count.copies.saturatingSum(count.copies)
      let (read, written) = (
        count.grants.saturatingSum(twice).saturatingSum(twice), count.grants.saturatingSum(count.copies)
      )
      reads = reads.saturatingSum(read)
      writes = writes.saturatingSum(written)
      tasks = tasks.saturatingSum(written)
      apply.dollars += Double(read) / 1000 * price.readsPerThousand + Double(written) / 1000 * price.writesPerThousand
      batchDollars += Double(written) / 1000 * price.writesPerThousand
      let gigabytes = Double(count.bytesToCopy) / Double(1 << 30)
      copyDollars +=
        gigabytes * (price.retrievalPerGB + price.storagePerGBMonth * Double(price.minimumDays) / 30)
    }
    // What is more than that are grants that let the bucket owner copy, which no job makes.
    let grantsFirst = max(0, summary.requests.saturatingSum(-reads.saturatingSum(writes))) / 2
    let price = prices.prices(of: "STANDARD")
    apply.dollars += Double(grantsFirst) / 1000 * (price.readsPerThousand + price.writesPerThousand)
    batchDollars *= tasks == 0 ? 0 : max(0, 1 - Double(grantsFirst) / Double(tasks))
    tasks = max(0, tasks - grantsFirst)
    reads = reads.saturatingSum(grantsFirst)
    writes = writes.saturatingSum(grantsFirst)
    apply.requests = reads.saturatingSum(writes)
    apply.seconds = max(Double(writes) / Self.writesPerSecond, Double(reads) / Self.readsPerSecond)
    guard tasks > 0 else { return }
    batch = Way(
      requests: tasks,
      dollars: batchDollars + Double(tasks) / 1_000_000 * prices.batchMillionTasks + Double(jobs ?? 1)
        * prices.batchJob,
      seconds: Double(tasks) / Self.writesPerSecond)
  }
}

extension CostEstimate: JSONWritable {
  package func write(to json: inout JSONWriter) {
    func cents(_ dollars: Double) -> Int { Int((min(dollars, 1e12) * 100).rounded(.up)) }
    func write(_ way: Way, _ json: inout JSONWriter) {
      json.object { json in
        json.member("requests", way.requests)
        json.member("cents", cents(way.dollars + copyDollars))
        json.member("seconds", Int(min(way.seconds, 1e15).rounded(.up)))
      }
    }
    json.object { json in
      json.member("region", region)
      json.member("date", date)
      json.name("apply")
      write(apply, &json)
      json.name("batch")
      if let batch { write(batch, &json) } else { json.null() }
      if let jobs { json.member("jobs", jobs) }
      json.member("copyCents", cents(copyDollars))
    }
  }
}
