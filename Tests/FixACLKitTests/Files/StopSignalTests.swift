import FixACLKit
import Testing

struct StopSignalTests {
  /// A part ends with the whole, for its reason; what ends a part does not end what comes after it.
  @Test func aPartEndsWithTheWhole() {
    let whole = StopSignal()
    let first = StopSignal(partOf: whole)
    #expect(!whole.hasWorkBegun)
    first.beginWork()
    #expect(whole.hasWorkBegun)
    first.set()
    #expect(first.cause == .run && !whole.isSet)
    let second = StopSignal(partOf: whole)
    #expect(!second.isSet)
    whole.set(.deadline)
    #expect(second.cause == .deadline && second.isRequested && first.cause == .run)
    #expect(StopSignal(partOf: whole).cause == .deadline)
  }
}
