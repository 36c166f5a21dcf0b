import Testing

@testable import AWSKit

@Suite struct RetryBudgetTests {
  @Test(
    arguments: [
      (.throttled, 1), (.serverError, 10), (.interrupted, 10), (.cannotConnect, 10),
    ] as [(RetryableFailure, Int)])
  func aRetryCostsAndItsSuccessPaysBack(failure: RetryableFailure, cost: Int) {
    var budget = RetryBudget()
    #expect(budget.tokens == 500)
    let isGranted = budget.withdraw(for: failure)
    #expect(isGranted)
    #expect(budget.tokens == 500 - cost)
    budget.deposit(afterRetryOf: failure)
    #expect(budget.tokens == 500)
  }

  @Test func itCannotBeOverdrawn() {
    var budget = RetryBudget()
    func withdraw(_ failure: RetryableFailure) -> Bool { budget.withdraw(for: failure) }
    for _ in 0..<49 { #expect(withdraw(.serverError)) }
    for _ in 0..<5 { #expect(withdraw(.throttled)) }
    #expect(budget.tokens == 5)
    #expect(!withdraw(.interrupted))
    #expect(budget.tokens == 5, "a refusal takes nothing")
    for _ in 0..<5 { #expect(withdraw(.throttled)) }
    #expect(!withdraw(.throttled))
    #expect(budget.tokens == 0)
  }

  @Test func successesFillItUpAgainButNotOver() {
    var budget = RetryBudget()
    budget.deposit(afterRetryOf: nil)
    budget.deposit(afterRetryOf: .serverError)
    #expect(budget.tokens == 500)
    while budget.withdraw(for: .serverError) {}
    #expect(budget.tokens == 0)
    for _ in 0..<9 { budget.deposit(afterRetryOf: nil) }
    let isGrantedTooEarly = budget.withdraw(for: .serverError)
    budget.deposit(afterRetryOf: nil)
    let isGranted = budget.withdraw(for: .serverError)
    #expect(!isGrantedTooEarly)
    #expect(isGranted)
    #expect(budget.tokens == 0)
  }
}
