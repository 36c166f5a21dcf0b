import FixACLKit
import AWSKit

extension FuzzTarget {
  /// fixacl's own files, as they are and with their digests made right again.
  static let files = [
    FuzzTarget("plan") { bytes in
      openPlan(bytes)
      openPlan(Seal.plan(bytes))
    },
    FuzzTarget("journal") { bytes in
      replay(bytes)
      replay(Seal.journal(bytes, digest: samplePlan.digest))
    },
    FuzzTarget("checkpoint") { bytes in
      openCheckpoint(bytes)
      openCheckpoint(Seal.checkpoint(bytes, header: checkpointHeader))
    },
    FuzzTarget("last-run") { bytes in
      openLastRun(bytes)
      openLastRun(Seal.lastRun(bytes))
    },
  ]

  // MARK: Plans

  private static func openPlan(_ bytes: [UInt8]) {
    FuzzFolder.shared.write(bytes, to: "plan.json")
    guard let plan = try? Plan(path: FuzzFolder.shared.path("plan.json")) else { return }
    do {
      let changes = try plan.all()
      require(changes.count == plan.changeCount, "a plan has as many changes as it says")
      for change in changes {
        require(change.key.isValidUTF8 && !change.key.bytes.isEmpty, "keys are UTF-8")
        require(change.action == .blocked || plan.acl(change.to) != nil, "a change says what it makes")
      }
      for pair in zip(changes, changes.dropFirst()) { require(pair.0.key <= pair.1.key, "changes are in order") }
      try plan.rewrite(to: "again.json")
      let again = try Plan(path: FuzzFolder.shared.path("again.json"))
      require(again.header == plan.header && again.acls == plan.acls, "a plan that is written is read as the same")
      require(try again.all() == changes, "changes that are written are read as the same")
    } catch {
      require(false, "a plan that was opened can be read and written: \(error)")
    }
  }

  // MARK: The last good run

  private static func openLastRun(_ bytes: [UInt8]) {
    FuzzFolder.shared.write(bytes, to: "last.json")
    let path = FuzzFolder.shared.path("last.json")
    guard let run = try? LastRun.read(path) else { return }
    FuzzFolder.shared.write(run.bytes, to: "last.json")
    require((try? LastRun.read(path)) == run, "what is written of a last run is read as the same")
  }

  // MARK: Journals

  private static let samplePlan: Plan = {
    SampleRun.writePlan(to: "sample.json")
    do {
      return try Plan(path: FuzzFolder.shared.path("sample.json"))
    } catch { fatalError("the harness can make a plan: \(error)") }
  }()

  private static func replay(_ bytes: [UInt8]) {
    let plan = samplePlan
    FuzzFolder.shared.write(bytes, to: "sample.json.journal")
    guard let replay = try? Journal.replay(of: plan) else { return }
    let indices = 0..<plan.changeCount
    require(
      replay.finishedCount == indices.filter { replay.isFinished($0) }.count, "finished changes are counted right")
    require(replay.touchedCount == indices.filter { replay.isTouched($0) }.count, "begun changes are counted right")
    do {
      let (journal, opened) = try Journal.open(for: plan, bucket: SampleRun.bucket, now: { Timestamp(seconds: 0) })
      if let aside = journal.setAside {
        require(aside.hasPrefix(FuzzFolder.shared.path("sample.json.")), "what is set aside stays in its folder")
        require(
          aside.utf8.count { $0 == UInt8(ascii: "/") } == plan.path.utf8.count { $0 == UInt8(ascii: "/") }, "and there")
        FuzzFolder.shared.remove(String(aside.dropFirst(FuzzFolder.shared.path("").utf8.count)))
      }
      let after = try Journal.replay(of: plan)
      for index in indices {
        require(opened.isFinished(index) == replay.isFinished(index), "what is read can be opened, and is the same")
        require(after.isFinished(index) == replay.isFinished(index), "what is opened says the same afterwards")
        require(after.isTouched(index) == replay.isTouched(index), "what is opened says the same afterwards")
      }
    } catch {
      require(replay.isCut, "a journal that is read can be opened: \(error)")
    }
  }

  // MARK: Checkpoints

  private static let checkpointHeader: [UInt8] = {
    FuzzFolder.shared.remove("new.checkpoint")
    do {
      _ = try Checkpoint.open(
        FuzzFolder.shared.path("new.checkpoint"), identity: SampleRun.identity, startsOver: false, maximumAge: 86_400,
        now: now)
    } catch { fatalError("the harness can make a checkpoint: \(error)") }
    return FuzzFolder.shared.read("new.checkpoint") ?? []
  }()

  private static let now = Timestamp(seconds: 1_795_000_000)

  private static func openCheckpoint(_ bytes: [UInt8]) {
    FuzzFolder.shared.write(bytes, to: "plan.checkpoint")
    let opened = try? Checkpoint.open(
      FuzzFolder.shared.path("plan.checkpoint"), identity: SampleRun.identity, startsOver: false, maximumAge: 86_400,
      now: now)
    guard let checkpoint = opened ?? nil else { return }
    do {
      let state = checkpoint.state
      let header = PlanHeader(
        tool: "fixacl fuzz", createdAt: "2026-11-23T10:15:00Z", bucket: SampleRun.bucket,
        desired: SampleRun.desired, summary: state.summary)
      try PlanWriter.write(
        header: header, acls: state.acls, spool: state.spool, to: .file(FuzzFolder.shared.path("made.json")))
    } catch {
      require(false, "a plan can be written from a checkpoint that was opened: \(error)")
    }
  }
}
