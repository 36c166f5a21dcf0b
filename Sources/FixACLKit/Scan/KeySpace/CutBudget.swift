internal import Glibc

/// How many requests a splitter may spend on cuts, and how many of these at a time.
///
/// A request is wasted as far as its answer has nothing of its range that is new. What is wasted is set against the pages
/// that were full.
struct CutBudget: Sendable {
  private(set) var fullPages = 0
  /// Requests that brought nothing, fractions included.
  private(set) var waste = 0.0
  /// Cuts whose first page has not arrived: at guesses, and at boundaries.
  private var guessesUnderWay = 0
  private var boundariesUnderWay = 0
  /// How many of them there may be: more after each cut that has found much, fewer after one that has not.
  private var guessWindow = 8.0
  private var boundaryWindow = 32.0

  /// The part of the last guesses that found keys: of those by measure, and of those found by climbing.
  private var measuredSuccess = 0.5
  private var climbedSuccess = 0.5

  /// Behind 130% of the allowance no cut is worth its request.
  private static let most = 1.3
  /// Cuts cost more when more than this part of the allowance is used.
  private static let freePart = 0.7
  /// How much more success one way of guessing must have to be used where the other one is the usual.
  private static let preference = 1.5
  private static let memory = 0.95

  /// Requests that may be wasted: three for each of the first pages, so that there soon are many ranges, and a share
  /// of the rest. When few ranges are left, the end of the listing is near, and a reserve is spent on it.
  func allowance(ranges: Int) -> Double {
    let pages = Double(fullPages)
    return 16 + min(3 * pages, 100) + 0.22 * pages + (24 + 0.25 * pages) * max(0, 1 - Double(ranges) / 96)
  }

  /// The pages that a range must have left to be cut: the more ranges there are, and the more is used of the allowance,
  /// the less is another one worth.
  func worth(ranges: Int) -> Double {
    let used = waste / allowance(ranges: ranges) / Self.freePart
    return (2.2 + Double(ranges) / 24) * pow(max(1, used), 3)
  }

  /// Whether there may be cuts at all.
  func allowsCuts(ranges: Int) -> Bool { waste < Self.most * allowance(ranges: ranges) }

  /// How many more guesses may be made now, and cuts at boundaries.
  var guessRoom: Int { Int(max(0, guessWindow - Double(guessesUnderWay)).rounded(.up)) }
  var boundaryRoom: Int { Int(max(0, boundaryWindow - Double(boundariesUnderWay)).rounded(.up)) }

  /// Whether a guess is better found by climbing, which is usual if the measure has shown more than is plausible.
  func prefersClimbing(isPlausible: Bool) -> Bool {
    isPlausible
      ? climbedSuccess > measuredSuccess * Self.preference : climbedSuccess * Self.preference > measuredSuccess
  }

  /// How likely there must be keys where a range is cut by climbing: likelier if there seldom were.
  var climbingChance: Double { 0.7 - climbedSuccess / 2 }

  mutating func noteCut(isGuess: Bool) {
    if isGuess { guessesUnderWay += 1 } else { boundariesUnderWay += 1 }
  }

  /// Records the first page of a cut.
  ///
  /// - Parameters:
  ///   - share: the part of a full page that it had for its range.
  ///   - ranges: the number of ranges.
  mutating func noteFirstPage(isGuess: Bool, share: Double, ranges: Int) {
    if isGuess {
      guessesUnderWay -= 1
      // As long as little of the allowance is used, there may be many.
      let least = min(100, max(6, (0.9 * allowance(ranges: ranges) - waste) / 2))
      guessWindow = share > 0.25 ? guessWindow + 3 : max(least, guessWindow * 0.75)
    } else {
      boundariesUnderWay -= 1
      boundaryWindow = share == 1 ? boundaryWindow + 2 : max(16, boundaryWindow - 1)
    }
  }

  /// Records whether a guess has found keys.
  mutating func noteGuess(isClimbed: Bool, foundKeys: Bool) {
    func update(_ success: inout Double) { success = success * Self.memory + (foundKeys ? 1 - Self.memory : 0) }
    if isClimbed { update(&climbedSuccess) } else { update(&measuredSuccess) }
  }

  /// Records a page.
  mutating func notePage(share: Double) { waste += 1 - share }

  /// Records a page after which its range goes on.
  mutating func noteFullPage() { fullPages += 1 }

  /// Records a request for children.
  mutating func noteChildrenRequest() { waste += 1 }
}
