import Synchronization
import Testing

@testable import AWSKit

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

  @Test func moreWorkIsWantedUntilSomeWaits() async {
    let gate = RequestGate(maximum: 4)
    #expect(gate.wantedWork(underWay: 0) == 5)
    #expect(gate.wantedWork(underWay: 20) == 21)
    var passes: [RequestGate.Pass] = []
    for _ in 0..<4 { passes.append(await gate.pass(.read)) }
    await withTaskGroup(of: Void.self) { group in
      for count in 1...9 {
        group.addTask { gate.leave(await gate.pass(.write), operation: "o", outcome: .answered) }
        while gate.waiting < count { await Task.yield() }
        // Eight may wait, so that it shows whether more in flight would bring more.
        #expect(gate.wantedWork(underWay: 20) == (count <= 8 ? 20 : 19))
      }
      for pass in passes { gate.leave(pass, operation: "o", outcome: .answered) }
    }
    #expect(gate.wantedWork(underWay: 20) == 21)
  }

  @Test func pagesThatWaitAreNoWork() async {
    let gate = RequestGate(maximum: 1)
    let pass = await gate.pass(.page)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { gate.leave(await gate.pass(.page), operation: "o", outcome: .answered) }
      #expect(gate.wantedWork(underWay: 7) == 8)
      gate.leave(pass, operation: "o", outcome: .answered)
    }
  }

  @Test(arguments: [1, 3, 64])
  func neverMoreThanTheMaximumAreInside(maximum: Int) async {
    let gate = RequestGate(maximum: maximum)
    let room = Room()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<500 {
        group.addTask {
          let place = await gate.pass(.read)
          #expect(room.enter() <= maximum)
          await Task.yield()
          room.leave()
          gate.leave(place, operation: "o", outcome: .answered)
        }
      }
    }
    #expect(room.most <= maximum)
    #expect(gate.limit(of: .read) <= maximum)
  }

  @Test func aClosedGateSendsEverybodyOfTheKindAway() async {
    let gate = RequestGate(maximum: 1)
    let place = await gate.pass(.write)
    async let waiting = gate.enter(.write)
    for _ in 0..<100 { await Task.yield() }
    gate.close(.write)
    #expect(await waiting == nil)
    #expect(await gate.enter(.write) == nil)
    gate.leave(place, operation: "o", outcome: .answered)
    // What was written may still be looked at.
    let read = await gate.pass(.read)
    gate.leave(read, operation: "o", outcome: .answered)
    gate.close(.read)
    #expect(await gate.enter(.read) == nil)
    #expect(gate.inFlight == 0)
  }

  @Test func everybodyGetsInAlthoughTheLimitFallsAndRises() async {
    let gate = RequestGate(maximum: 32)
    let room = Room()
    let total = await withTaskGroup(of: Int.self) { group in
      for number in 0..<700 {
        group.addTask {
          let place = await gate.pass(.read)
          _ = room.enter()
          if number.isMultiple(of: 3) { await Task.yield() }
          room.leave()
          gate.leave(place, operation: "o", outcome: number.isMultiple(of: 7) ? .throttled : .answered)
          return 1
        }
      }
      return await group.reduce(0, +)
    }
    #expect(total == 700)
    #expect(room.most <= 32)
    // Nobody is left inside: all places are free.
    #expect(await takeAllPlaces(of: gate) == gate.limit(of: .read))
  }

  /// Takes as many places as the limit says; would hang if one were lost.
  private func takeAllPlaces(of gate: RequestGate) async -> Int {
    let limit = gate.limit(of: .read)
    for _ in 0..<limit { _ = await gate.pass(.read) }
    return limit
  }

  // Immediate tasks came with Swift 6.2.
  #if compiler(>=6.2)
    @Test func whoComesFirstIsServedFirst() async {
      let gate = RequestGate(maximum: 1)
      let served = Log<Int>()
      let first = await gate.pass(.read)
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<20 {
          // Runs until it has to wait, before the next one is even made.
          group.addImmediateTask {
            let place = await gate.pass(.read)
            served.note(number)
            gate.leave(place, operation: "o", outcome: .answered)
          }
        }
        gate.leave(first, operation: "o", outcome: .answered)
      }
      #expect(served.entries == Array(0..<20))
    }
  #endif

  @Test func throttlingNarrowsTheGate() async {
    let gate = RequestGate(maximum: 8)
    let place = await gate.pass(.read)
    gate.leave(place, operation: "o", outcome: .throttled)
    #expect(gate.limit(of: .read) == 4)
    let places = await [gate.pass(.read), gate.pass(.read), gate.pass(.read), gate.pass(.read)]
    let entered = Log<Int>()
    let waiter = Task {
      let place = await gate.pass(.read)
      entered.note(1)
      return place
    }
    for _ in 0..<100 { await Task.yield() }
    #expect(entered.entries == [])
    gate.leave(places[0], operation: "o", outcome: .answered)
    gate.leave(await waiter.value, operation: "o", outcome: .answered)
    #expect(entered.entries.count == 1)
  }

  /// Reads that wait for places are no obstacle to writes, and the other way round.
  @Test func readsAndWritesAreLimitedApart() async {
    let gate = RequestGate(maximum: 8)
    let pass = await gate.pass(.read)
    gate.leave(pass, operation: "o", outcome: .throttled)
    #expect(gate.limit(of: .read) == 4)
    #expect(gate.limit(of: .write) == 8)
    for _ in 0..<4 { _ = await gate.pass(.read) }
    let waiting = Task { await gate.pass(.read) }
    for _ in 0..<4 { _ = await gate.pass(.write) }
    // Eight in all is the maximum of both together.
    #expect(gate.inFlight == 8)
    waiting.cancel()
  }

  /// `--max-rps`: a clock that only the gate's own waiting moves.
  @Test func noMoreBeginASecondThanAllowed() async {
    let time = Mutex(0.0)
    var clock = RequestGate.Clock()
    clock.now = { time.withLock { $0 } }
    clock.sleep = { seconds in time.withLock { $0 += seconds } }
    let gate = RequestGate(maximum: 64, requestsPerSecond: 50, clock: clock)
    for number in 0..<500 {
      let pass = await gate.pass(number.isMultiple(of: 2) ? .read : .write)
      gate.leave(pass, operation: "o", outcome: .answered)
    }
    #expect(time.withLock { $0 } >= 9.9)
    #expect(time.withLock { $0 } <= 10.1)
  }
}

extension RequestGate {
  /// Enters a gate that nobody closes.
  fileprivate func pass(_ kind: RequestKind) async -> Pass {
    guard let pass = await enter(kind) else { fatalError("the gate is closed") }
    return pass
  }
}
