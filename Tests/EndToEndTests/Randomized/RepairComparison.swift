import AWSKit
import TestSupport

/// Compares what became of a bucket with what the model says must have.
final class RepairComparison {
  let model: RepairModel
  let before: BucketReading
  let after: BucketReading
  private(set) var faults: [String] = []

  init(model: RepairModel, before: BucketReading, after: BucketReading) {
    self.model = model
    self.before = before
    self.after = after
  }

  func compare(_ objects: [RandomObject]) {
    for object in objects { compare(object) }
    let expected = Set(objects.map(\.key))
    for key in after.versions.keys where !expected.contains(key) { faults.append("\(key): where does it come from?") }
  }

  private func compare(_ object: RandomObject) {
    let old = before.versions[object.key] ?? []
    var new = after.versions[object.key] ?? []
    let outcomes = object.uploads.indices.map { model.outcome(of: object, version: $0) }
    var remaining = Array(zip(old, outcomes.map(Optional.some) + [nil]))
    if case .copied(let acl, _) = outcomes.last {
      compareCopy(new.popLast(), of: old.last, acl: acl, object)
      switch model.round.versioning {
      case "Enabled": break
      // A null version replaces the one that there is.
      case "Suspended": remaining.removeAll { $0.0.id == "null" }
      default: remaining.removeLast()
      }
    }
    expect(new.count == remaining.count, object, "\(new.count) old versions instead of \(remaining.count)")
    for ((old, outcome), new) in zip(remaining, new) {
      switch outcome {
      case nil, .untouched, .blocked, .failing, .copied(_, nil):
        expect(new == old, object, "not as it was: \(difference(old, new))")
      case .granted(let acl):
        compareGranted(old, new, acl: acl, object)
      case .copied(_, let opened?):
        compareGranted(old, new, acl: opened, object)
      }
    }
  }

  private func compareGranted(
    _ old: BucketReading.Version, _ new: BucketReading.Version, acl: ModelACL, _ object: RandomObject
  ) {
    expect(new.acl == acl, object, "its ACL is \(text(new.acl)) and not \(acl)")
    expect(
      new.id == old.id && new.owner == old.owner && new.etag == old.etag && new.size == old.size, object, "another")
    expect(new.storageClass == old.storageClass, object, "its class is \(new.storageClass)")
    if !model.server.touchesLastModifiedWhenACLChanges {
      expect(new.lastModified == old.lastModified, object, "its content was written")
    }
    compareContent(old.content, new.content, object)
  }

  private func compareCopy(
    _ copy: BucketReading.Version?, of old: BucketReading.Version?, acl: ModelACL, _ object: RandomObject
  ) {
    guard let copy, let old else { return faults.append("\(object.key): it is gone") }
    expect(copy.owner == acl.owner, object, "it belongs to \(copy.owner)")
    expect(copy.acl == acl, object, "its ACL is \(text(copy.acl)) and not \(acl)")
    expect(copy.size == old.size, object, "its size is \(copy.size)")
    expect(copy.storageClass == old.storageClass, object, "its class is \(copy.storageClass)")
    expect((copy.id == "null") == (model.round.versioning != "Enabled"), object, "its version is \(copy.id)")
    guard let upload = object.uploads.last, var before = old.content, var after = copy.content else {
      // The one that was there could be read by nobody; it could not have been copied either.
      return expect(false, object, "it cannot be read")
    }
    if upload.usesKMS || (upload.isInParts && !model.server.keepsETagsOfParts) {
      before.headers["etag"] = nil
      after.headers["etag"] = nil
    } else {
      expect(copy.etag == old.etag, object, "its ETag is \(copy.etag)")
    }
    compareContent(before, after, object)
  }

  private func compareContent(
    _ old: BucketReading.Content?, _ new: BucketReading.Content?, _ object: RandomObject
  ) {
    guard let old, let new else { return }
    expect(new.body == old.body, object, "its content is another")
    if let oldTags = old.tags, let newTags = new.tags {
      expect(newTags == oldTags, object, "its tags are \(newTags)")
    }
    for name in Set(old.headers.keys).union(new.headers.keys) where old.headers[name] != new.headers[name] {
      let (was, isNow) = (old.headers[name] ?? [], new.headers[name] ?? [])
      expect(false, object, "\(name) was \(was) and is \(isNow)")
    }
  }

  private func difference(_ old: BucketReading.Version, _ new: BucketReading.Version) -> String {
    var words: [String] = []
    if old.acl != new.acl { words.append("ACL \(text(old.acl)), now \(text(new.acl))") }
    if old.lastModified != new.lastModified { words.append("written \(new.lastModified)") }
    if old.content != new.content { words.append("content, headers or tags") }
    if (old.owner, old.etag, old.id) != (new.owner, new.etag, new.id) { words.append("owner, ETag or version") }
    return words.joined(separator: "; ")
  }

  private func text(_ acl: ModelACL?) -> String { acl?.description ?? "unknown" }

  private func expect(_ condition: Bool, _ object: RandomObject, _ fault: @autoclosure () -> String) {
    guard !condition else { return }
    let outcome = object.uploads.indices.last.map { model.outcome(of: object, version: $0) }
    faults.append("\(object.key): \(fault()) (should be \(outcome.map { "\($0)" } ?? "?"))")
  }
}
