import Synchronization
import Testing

@testable import S3Kit

@Suite struct RequestGateTests {
  /// Counts who is inside.
  private final class Room: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var most: Int { state.withLock { $0.most } }

    /// - Returns: how many are inside now.
    func enter() -> Int {
      state.withLock { state in
        state.now += 1
        state.most = max(state.most, state.now)
        return state.now
      }
    }

    func leave() {
      state.withLock { $0.now -= 1 }
    }
  }

  @Test(arguments: [1, 3, 64])
  func neverMoreThanTheMaximumAreInside(maximum: Int) async {
    let gate = RequestGate(maximum: maximum)
    let room = Room()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<500 {
        group.addTask {
          let place = await gate.enter()
          #expect(room.enter() <= maximum)
          await Task.yield()
          room.leave()
          gate.leave(place, throttled: false)
        }
      }
    }
    #expect(room.most <= maximum)
    #expect(gate.limit == maximum)
  }

  @Test func everybodyGetsInAlthoughTheLimitFallsAndRises() async {
    let gate = RequestGate(maximum: 32)
    let room = Room()
    let total = await withTaskGroup(of: Int.self) { group in
      for number in 0..<5000 {
        group.addTask {
          let place = await gate.enter()
          _ = room.enter()
          if number.isMultiple(of: 3) { await Task.yield() }
          room.leave()
          gate.leave(place, throttled: number.isMultiple(of: 7))
          return 1
        }
      }
      return await group.reduce(0, +)
    }
    #expect(total == 5000)
    #expect(room.most <= 32)
    // Nobody is left inside: all places are free.
    #expect(await takeAllPlaces(of: gate) == gate.limit)
  }

  /// Takes as many places as the limit says; would hang if one were lost.
  private func takeAllPlaces(of gate: RequestGate) async -> Int {
    let limit = gate.limit
    for _ in 0..<limit { _ = await gate.enter() }
    return limit
  }

  // Immediate tasks came with Swift 6.2.
  #if compiler(>=6.2)
    @Test func whoComesFirstIsServedFirst() async {
      let gate = RequestGate(maximum: 1)
      let served = Log<Int>()
      let first = await gate.enter()
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<20 {
          // Runs until it has to wait, before the next one is even made.
          group.addImmediateTask {
            let place = await gate.enter()
            served.note(number)
            gate.leave(place, throttled: false)
          }
        }
        gate.leave(first, throttled: false)
      }
      #expect(served.entries == Array(0..<20))
    }
  #endif

  @Test func throttlingNarrowsTheGate() async {
    let gate = RequestGate(maximum: 8)
    let place = await gate.enter()
    gate.leave(place, throttled: true)
    #expect(gate.limit == 4)
    let places = await [gate.enter(), gate.enter(), gate.enter(), gate.enter()]
    let entered = Log<Int>()
    let waiter = Task {
      let place = await gate.enter()
      entered.note(place)
      return place
    }
    for _ in 0..<100 { await Task.yield() }
    #expect(entered.entries == [])
    gate.leave(places[0], throttled: false)
    gate.leave(await waiter.value, throttled: false)
    #expect(entered.entries.count == 1)
  }
}
