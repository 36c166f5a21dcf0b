import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

/// What a journal remembers of jobs.
@Suite struct BatchHistoryTests {
  private static func job(_ number: Int, of submission: ClosedRange<Int>, copies: Bool = false) -> BatchJobRecord {
    BatchJobRecord(
      number: number, submission: submission,
      group: BatchGroup(
        account: Sample.tools, to: ACLName("A"), hasVersions: !copies,
        copy: copies
          ? BatchCopy.Attributes(
            storageClass: "STANDARD_IA", kmsKeyID: "arn:aws:kms:::key/k", usesBucketKey: true, redirect: "/x",
            lock: ObjectLockState(
              retention: ObjectLockState.Retention(mode: "GOVERNANCE", until: "2030-01-01T00:00:00Z"),
              hasLegalHold: true, eventHold: .init(mode: "GOVERNANCE", duration: number > 2 ? .years(7) : .days(30))),
            checksumAlgorithm: "SHA256") : nil),
      account: AccountID("111122223333")!, role: "arn:aws:iam::111122223333:role/batch", tasks: 3,
      manifest: BatchManifestLocation(bucket: "jobs", key: "m/job.csv", etag: "e-2", hasVersions: !copies),
      reportBucket: "jobs", reportPrefix: "r", unmodifiedSince: copies ? "2026-11-20T10:00:00Z" : nil)
  }

  private static func replay(_ records: [JournalRecord]) async throws -> JournalReplay {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      do {
        let (journal, _) = try Journal.open(for: plan, bucket: plan.header.bucket)
        try await journal.append(contentsOf: records)
      }
      return try Journal.replay(of: plan)
    }
  }

  @Test func jobsComeBackAsTheyWere() async throws {
    let jobs = [Self.job(1, of: 1...3), Self.job(2, of: 1...3, copies: true), Self.job(3, of: 1...3, copies: true)]
    let history = try await Self.replay(
      jobs.map { .batch(.submits($0)) } + [.batch(.created(number: 2, id: "id-2"))]
    ).batch
    #expect(history.jobs.map(\.record) == jobs)
    #expect(history.jobs.map(\.id) == [nil, "id-2", nil])
    #expect(history.underWay.count == 3 && history.nextNumber == 4)
  }

  /// None is created before all are recorded, so that a part of a submission is none.
  @Test func aPartIsNoSubmission() async throws {
    let history = try await Self.replay([.batch(.submits(Self.job(1, of: 1...2)))]).batch
    #expect(history.jobs.isEmpty && history.nextNumber == 1)
  }

  @Test func collectedJobsAreNotUnderWay() async throws {
    let history = try await Self.replay([
      .batch(.submits(Self.job(1, of: 1...1))), .batch(.created(number: 1, id: "id")),
      .batch(.collected(number: 1, status: "Complete")), .batch(.submits(Self.job(2, of: 2...2))),
    ]).batch
    #expect(history.underWay.map(\.number) == [2] && history.jobs.count == 2 && history.nextNumber == 3)
  }

  @Test func tasksAreRemembered() async throws {
    let change = Sample.change("a/1.html")
    let replay = try await Self.replay([
      .begins(
        index: 0, change, from: .owned(by: Sample.tools), to: .owned(by: Sample.tools, .user(Sample.oai)),
        task: BatchTask(job: 7, replaces: "v1"))
    ])
    #expect(replay.job(of: 0) == 7 && replay.job(of: 1) == nil)
    #expect(replay.isTouched(0) && !replay.isFinished(0))
    #expect(replay.isVersion("v1", replacedBy: 0) == true && replay.isVersion("v2", replacedBy: 0) == false)
  }

  @Test func namesDependOnPlanAndNumberAlone() {
    let digest = "sha256:" + String(repeating: "0123456789abcdef", count: 4)
    #expect(BatchJobRecord.token(plan: digest, number: 12) == BatchJobRecord.token(plan: digest, number: 12))
    #expect(BatchJobRecord.token(plan: digest, number: 12) != BatchJobRecord.token(plan: digest, number: 13))
    #expect(BatchJobRecord.token(plan: digest, number: BatchJobRecord.maximumNumber).utf8.count <= 64)
    #expect(BatchJobRecord.description(plan: digest, number: 1) == "fixacl: plan 0123456789abcdef01234567, job 1")
  }
}
