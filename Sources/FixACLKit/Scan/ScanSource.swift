internal import AWSKit

/// What a scan asks for next: pages of the bucket's listing, the keys of a list, or what a report tells.
struct ScanSource {
  enum Request: Sendable {
    case page(KeySpaceSplitter.PageRequest)
    case children(KeySpaceSplitter.ChildrenRequest)
    case keys(KeyBatch)
    case reported(InventoryPage)
  }

  private var splitter: KeySpaceSplitter
  private var batches: KeyBatchReader?
  private let reported: InventoryMerge?

  /// - Parameter gaps: the parts that are still to be scanned, in order; nil for the whole bucket.
  init(keys: KeyList?, reported: InventoryMerge?, gaps: [KeyInterval]?, filter: KeyFilter) {
    self.reported = reported
    splitter = KeySpaceSplitter(prefix: filter.prefix.map { ObjectKey($0) }, gaps: gaps)
    batches = keys.map { KeyBatchReader($0, gaps: gaps, filter: filter) }
  }

  /// - Returns: nil if there is nothing to ask for now.
  mutating func next() throws -> Request? {
    if let reported { return try reported.next().map { .reported($0) } }
    if batches != nil { return try batches?.next().map { .keys($0) } }
    return switch splitter.next() {
    case .page(let request): .page(request)
    case .children(let request): .children(request)
    case nil: nil
    }
  }

  /// Records a page, and returns the part that belongs to the range it was requested for.
  mutating func listed(_ page: ObjectPage, of request: KeySpaceSplitter.PageRequest) -> KeySpaceSplitter.Part {
    splitter.listed(page, of: request)
  }

  /// Records an answer to a request for children; nil if there is none.
  mutating func found(_ children: CommonPrefixes?, of request: KeySpaceSplitter.ChildrenRequest) {
    splitter.found(children, of: request)
  }

  /// Records what was found of a batch.
  mutating func found(_ answer: KeyLookup.Answer) {
    if let spared = answer.spared { batches?.note(spared: spared) }
    batches?.add(answer.rests)
  }
}
