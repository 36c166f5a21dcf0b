import TestSupport
import Testing

@testable import FixACLKit
@testable import AWSKit

private let site = Sample.site
private let tools = Sample.tools
private let oai = Sample.oai
private let tags = [ObjectTag(key: "k", value: "v")]

/// An action as text, to compare a whole run with.
private func text(_ action: ApplyProcedure.Action) -> String {
  switch action {
  case .observe: "observe"
  case .putACL(let acl): "put \(text(acl))"
  case .saveTags: "save tags"
  case .prepare: "prepare"
  case .copy(let copy):
    "copy \(copy.head.etag) \(text(copy.acl))\(copy.tags == nil ? "" : " with tags")"
  case .putLock: "put lock"
  case .wait(_, let attempt): "wait \(attempt)"
  case .ensureTags(let tags, _): "ensure \(tags.map { "\($0.key)=\($0.value)" })"
  case .finish(.done): "done"
  case .finish(.already): "already"
  case .finish(.stale(let staleness)): "stale: \(staleness.word)"
  case .finish(.failed(let failure)): "failed: \(failure)"
  case .finish(let other): "\(other)"
  }
}

private func text(_ acl: AccessControlList) -> String {
  let names = [site: "site", tools: "tools", oai: "oai"]
  let grants = acl.grants.filter { $0 != .user(acl.owner, .fullControl) }.map { grant in
    guard case .canonicalUser(let id) = grant.grantee else { return "public" }
    return "\(names[id] ?? id.value) \(grant.permission.rawValue)"
  }
  return "\(names[acl.owner] ?? ""): \(grants.joined(separator: ", "))"
}

/// The actions of a run that meets these events, from its beginning.
private func run(
  _ sample: SampleCase, unconfirmed: CopyIntent? = nil, _ events: ApplyProcedure.Event...
) -> [String] {
  var execution = sample.execution(unconfirmed: unconfirmed)
  return ([.begin] + events).map { text(execution.handle($0)) }
}

@Suite struct ApplyProcedureTests {
  private let grant = SampleCase.grant
  private let copy = SampleCase.copy
  private let first = SampleCase.grantFirst
  private let unknown = SampleCase.unknown

  private func readable(
    _ acl: AccessControlList?, tagCount: Int? = nil, _ headers: [String: String] = [:]
  ) throws -> ApplyProcedure.Event {
    let headers = headers.merging(tagCount.map { ["x-amz-tagging-count": "\($0)"] } ?? [:]) { $1 }
    return .observed(try .found(acl, headers: headers, byBucketOwner: true))
  }

  private func closed(_ acl: AccessControlList?, tagCount: Int? = nil) throws -> ApplyProcedure.Event {
    .observed(try .found(acl, headers: tagCount.map { ["x-amz-tagging-count": "\($0)"] } ?? [:]))
  }

  @Test func grants() throws {
    #expect(
      run(grant, .observed(try .found(grant.from)), .aclPut) == ["observe", "put tools: oai READ", "done"])
    // A killed run had written it; or somebody else had.
    #expect(run(grant, .observed(try .found(grant.to))) == ["observe", "already"])
    // Tags are of no concern to a grant.
    #expect(run(grant, unconfirmed: CopyIntent(tags: tags), .observed(try .found(grant.to))) == ["observe", "already"])
    #expect(
      run(grant, .observed(try .found(grant.from, headers: ["x-amz-tagging-count": "1"])), .aclPut)
        == ["observe", "put tools: oai READ", "done"])
    // What is in the way of a copy is not in the way of a grant.
    #expect(
      run(grant, .observed(try .found(grant.from, headers: ["x-amz-storage-class": "GLACIER"])), .aclPut)
        == ["observe", "put tools: oai READ", "done"])
    // An object whose owner may not read it, as a listing shows it.
    let listed = ObservedObject(
      content: .found(ContentIdentity(etag: "e1", size: 10), nil), isReadableByBucketOwner: false, acl: grant.from)
    #expect(run(grant, .observed(listed), .aclPut) == ["observe", "put tools: oai READ", "done"])
  }

  /// A grant whose answer was lost is looked for before it is made again: somebody else may have changed the ACL since.
  @Test func aGrantOfUnknownOutcome() throws {
    let lost = ApplyProcedure.Event.failed(.unanswered("PutObjectAcl"))
    let put = "put tools: oai READ"
    let begun = ["observe", put, "wait 1", "observe"]
    let (before, after) = (try ObservedObject.found(grant.from), try ObservedObject.found(grant.to))
    #expect(run(grant, .observed(before), lost, .waited(mayRepeat: true), .observed(after)) == begun + ["done"])
    #expect(run(grant, .observed(before), lost, .waited(mayRepeat: false), .observed(after)) == begun + ["done"])
    #expect(
      run(grant, .observed(before), lost, .waited(mayRepeat: true), .observed(before), .aclPut) == begun + [
        put, "done",
      ])
    #expect(
      run(grant, .observed(before), lost, .waited(mayRepeat: false), .observed(before))
        == begun + ["failed: \(ChangeFailure.s3(.unanswered("PutObjectAcl")))"])
    let another = try ObservedObject.found(.owned(by: tools, .user(Sample.other)))
    #expect(
      run(grant, .observed(before), lost, .waited(mayRepeat: true), .observed(another))
        == begun + ["stale: acl-changed"])
    // The grant that a copy begins with.
    #expect(
      run(
        first, try closed(first.from), lost, .waited(mayRepeat: true), try readable(first.bucketOwnerGranted),
        .wasCopied,
        try readable(first.to))
        == ["observe", "put tools: site READ", "wait 1", "observe", "copy e1 site: oai READ", "observe", "done"])
  }

  @Test func copies() throws {
    #expect(
      run(copy, try readable(copy.from), .wasCopied, try readable(copy.to))
        == ["observe", "copy e1 site: oai READ", "observe", "done"])
    #expect(
      run(copy, try readable(copy.from, tagCount: 0), .wasCopied, try readable(copy.to))
        == ["observe", "copy e1 site: oai READ", "observe", "done"])
    #expect(
      run(unknown, try readable(nil), .wasCopied, try readable(unknown.to))
        == ["observe", "copy e1 site: oai READ", "observe", "done"])
    #expect(run(copy, try readable(copy.to)) == ["observe", "already"])
  }

  @Test func copiesWithTags() throws {
    #expect(
      run(
        copy, try readable(copy.from, tagCount: 1), .tagsSaved(tags, byCopier: true), .wasCopied, try readable(copy.to),
        .tagsEnsured)
        == [
          "observe", "save tags", "copy e1 site: oai READ with tags", "observe", "ensure [\"k=v\"]", "done",
        ])
    // The tags that count are those that are there now, not those of a run that was killed.
    #expect(
      run(
        copy, unconfirmed: CopyIntent(tags: [ObjectTag(key: "old", value: "")]), try readable(copy.from, tagCount: 1),
        .tagsSaved(tags, byCopier: true), .wasCopied, try readable(copy.to), .tagsEnsured)
        == [
          "observe", "save tags", "copy e1 site: oai READ with tags", "observe", "ensure [\"k=v\"]", "done",
        ])
  }

  /// The bucket owner may read an object whose tags it may not read.
  @Test func copiesTagsThatTheCopierMayNotRead() throws {
    let rest = ["copy e1 site: oai READ with tags", "observe", "ensure [\"k=v\"]", "done"]
    let readByOwner = ApplyProcedure.Event.tagsSaved(tags, byCopier: false)
    #expect(
      run(copy, try readable(copy.from, tagCount: 1), readByOwner, .wasCopied, try readable(copy.to), .tagsEnsured)
        == ["observe", "save tags"] + rest)
    // HEAD does not tell of them, and nothing but the refusal does.
    let refused = ["observe", "copy e1 site: oai READ", "save tags"]
    #expect(
      run(copy, try readable(copy.from), .failed(.denied), readByOwner, .wasCopied, try readable(copy.to), .tagsEnsured)
        == refused + rest)
    // Where it was not for the tags, or nobody may read them, the refusal is what there is to say.
    let failed = refused + ["failed: \(ChangeFailure.s3(.denied))"]
    for answer: ApplyProcedure.Event in [
      .tagsSaved(tags, byCopier: true), .tagsSaved([], byCopier: false), .failed(.unavailable),
    ] {
      #expect(run(copy, try readable(copy.from), .failed(.denied), answer) == failed)
    }
    #expect(
      run(copy, try readable(copy.from), .failed(.denied), readByOwner, .failed(.denied))
        == refused + [rest[0], "failed: \(ChangeFailure.s3(.denied))"])
  }

  @Test func grantsFirst() throws {
    #expect(
      run(
        first, try closed(first.from), .aclPut, try readable(first.bucketOwnerGranted), .wasCopied,
        try readable(first.to))
        == ["observe", "put tools: site READ", "observe", "copy e1 site: oai READ", "observe", "done"])
    #expect(
      run(
        first, try closed(first.from, tagCount: 1), .aclPut, try readable(first.bucketOwnerGranted, tagCount: 1),
        .tagsSaved(tags, byCopier: true), .wasCopied, try readable(first.to), .tagsEnsured)
        == [
          "observe", "put tools: site READ", "observe", "save tags", "copy e1 site: oai READ with tags", "observe",
          "ensure [\"k=v\"]", "done",
        ])
    // Somebody let the bucket owner read it by other means: the grant is not needed.
    #expect(
      run(first, try readable(first.from), .wasCopied, try readable(first.to))
        == ["observe", "copy e1 site: oai READ", "observe", "done"])
  }

  /// A run that is killed after any step, and begun again: it meets what the step left.
  @Test func resumesAfterAKill() throws {
    let rest = ["copy e1 site: oai READ", "observe", "done"]
    // After the grant to the bucket owner.
    #expect(
      run(first, try readable(first.bucketOwnerGranted), .wasCopied, try readable(first.to)) == ["observe"] + rest)
    // After the tags were saved: nothing has been done to the object.
    #expect(
      run(
        copy, unconfirmed: CopyIntent(tags: tags), try readable(copy.from, tagCount: 1),
        .tagsSaved(tags, byCopier: true), .wasCopied,
        try readable(copy.to), .tagsEnsured)
        == ["observe", "save tags", "copy e1 site: oai READ with tags", "observe", "ensure [\"k=v\"]", "done"])
    // After the copy, which may have lost the tags.
    #expect(
      run(copy, unconfirmed: CopyIntent(tags: tags), try readable(copy.to), .tagsEnsured) == [
        "observe", "ensure [\"k=v\"]", "already",
      ])
    #expect(
      run(first, unconfirmed: CopyIntent(tags: tags), try readable(first.to), .tagsEnsured) == [
        "observe", "ensure [\"k=v\"]", "already",
      ])
    // After the tags were put back, or the copy was looked at.
    #expect(
      run(copy, unconfirmed: CopyIntent(tags: tags), try readable(copy.to, tagCount: 1), .tagsEnsured)
        == ["observe", "ensure [\"k=v\"]", "already"])
    #expect(run(copy, try readable(copy.to)) == ["observe", "already"])
    #expect(run(unknown, try readable(unknown.to)) == ["observe", "already"])
  }

  @Test func leavesStaleObjectsAlone() throws {
    for sample in [grant, copy, first, unknown] {
      #expect(run(sample, .observed(.missing)) == ["observe", "stale: deleted"])
      #expect(
        run(sample, .observed(try .found(sample.to, etag: "e2", byBucketOwner: true)))
          == ["observe", "stale: overwritten"])
      #expect(
        run(sample, try readable(.owned(by: Sample.other)))
          == ["observe", "stale: owner-changed"])
      #expect(
        run(sample, try readable(.owned(by: tools, .publicRead)))
          == ["observe", "stale: acl-changed"])
      // Tags of a copy that was begun are no reason to write to another object.
      #expect(
        run(
          sample, unconfirmed: CopyIntent(tags: tags), .observed(try .found(sample.to, etag: "e2", byBucketOwner: true))
        )
          == ["observe", "stale: overwritten"])
    }
  }

  @Test(
    arguments: [
      (["x-amz-storage-class": "GLACIER"], .archived), (["x-amz-missing-meta": "1"], .metadata),
      (["x-amz-server-side-encryption-customer-algorithm": "AES256"], .customerKey),
    ] as [([String: String], ChangeReason)])
  func meetsAnObstacle(headers: [String: String], reason: ChangeReason) throws {
    for sample in [copy, first, unknown] {
      #expect(run(sample, try readable(sample.from, headers)) == ["observe", "stale: \(reason.rawValue)"])
    }
    #expect(
      run(first, try readable(first.bucketOwnerGranted, headers)) == ["observe", "stale: \(reason.rawValue)"])
    // Found before the grant, so that nobody is let in for nothing.
    #expect(
      run(first, .observed(try .found(first.from, headers: headers))) == ["observe", "stale: \(reason.rawValue)"])
  }

  @Test func cannotReadTheObject() throws {
    for observed in [try closed(copy.from), .observed(.denied(copy.from))] {
      let actions = run(copy, observed)
      #expect(actions.count == 2)
      #expect(actions[1].hasPrefix("failed: "))
    }
    // The grant was made, and did not help.
    #expect(
      run(first, try closed(first.from), .aclPut, try closed(first.bucketOwnerGranted))
        == ["observe", "put tools: site READ", "observe", "failed: the bucket owner cannot read the object"])
    // The grant was made, and the server still shows the old ACL: no second one.
    #expect(
      run(first, try closed(first.from), .aclPut, try closed(first.from))
        == ["observe", "put tools: site READ", "observe", "failed: the bucket owner cannot read the object"])
    // An earlier run made the grant.
    #expect(
      run(first, try closed(first.bucketOwnerGranted)) == [
        "observe", "failed: the bucket owner cannot read the object",
      ])
    // Only a listing could be had.
    let listed = ObservedObject(
      content: .found(ContentIdentity(etag: "e1", size: 10), nil), isReadableByBucketOwner: false, acl: copy.from)
    #expect(run(copy, .observed(listed)) == ["observe", "failed: no given account can read the object"])
  }

  @Test func confirmsTheCopy() throws {
    let cases: [(ApplyProcedure.Event, String)] = [
      (.observed(.missing), "the copy is gone, or has another size"),
      (.observed(try .found(copy.to, size: 9, byBucketOwner: true)), "the copy is gone, or has another size"),
      (try readable(copy.from), "the copy belongs to \(tools), not to the bucket owner"),
      (try readable(.owned(by: site)), "the copy has other grants than planned"),
      (try readable(.owned(by: site, .user(oai), .publicRead)), "the copy has other grants than planned"),
    ]
    for (event, reason) in cases {
      #expect(
        run(copy, try readable(copy.from), .wasCopied, event)
          == ["observe", "copy e1 site: oai READ", "observe", "failed: \(reason)"])
    }
    // What it cannot see it does not judge: it says why.
    for unseen in [.observed(.denied(copy.to)), try readable(nil)] {
      let actions = run(copy, try readable(copy.from), .wasCopied, unseen)
      #expect(actions.last?.hasSuffix("403 AccessDenied") == true, "\(actions)")
    }
    // The same rights in other words, and another ETag, as copies of uploads in parts have.
    let spelled = AccessControlList.owned(by: site, .user(oai), .user(site, .read))
    #expect(
      run(copy, try readable(copy.from), .wasCopied, .observed(try .found(spelled, etag: "e9", byBucketOwner: true)))
        .last
        == "done")
  }

  @Test func failsAtEveryStep() throws {
    let failure = ApplyProcedure.Event.failed(.unavailable)
    let runs: [(SampleCase, [ApplyProcedure.Event])] = [
      (grant, [try closed(grant.from), .aclPut]),
      (
        first,
        [
          try closed(first.from), .aclPut, try readable(first.bucketOwnerGranted, tagCount: 1),
          .tagsSaved(tags, byCopier: true),
          .wasCopied,
          try readable(first.to), .tagsEnsured,
        ]
      ),
    ]
    for (sample, events) in runs {
      for count in events.indices {
        var execution = sample.execution()
        _ = execution.handle(.begin)
        for event in events[..<count] { _ = execution.handle(event) }
        guard case .finish(.failed(.s3(let error))) = execution.handle(failure) else {
          Issue.record("a failure of step \(count) should end it")
          continue
        }
        #expect(error.message == "try later")
      }
    }
  }
}
