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

  /// Behind 130% of the allowance no cut is worth its request.
  private static let most = 1.3
  /// Cuts cost more when more than this part of the allowance is used.
  private static let freePart = 0.7

  /// Requests that may be wasted: three for each of the first pages, so that there soon are many ranges, and a share
  /// of the rest. When few ranges are left, the end of the listing is near, and a reserve is spent on it.
  func allowance(ranges: Int) -> Double {
    let pages = Double(fullPages)
    return 16 + min(3 * pages, 100) + 0.2 * pages + (24 + 0.3 * pages) * max(0, 1 - Double(ranges) / 96)
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

  mutating func noteCut(isGuess: Bool) {
    if isGuess { guessesUnderWay += 1 } else { boundariesUnderWay += 1 }
  }

  /// Records the first page of a cut.
  ///
  /// - Parameter share: the part of a full page that it had for its range.
  mutating func noteFirstPage(isGuess: Bool, share: Double) {
    if isGuess {
      guessesUnderWay -= 1
      guessWindow = share > 0.25 ? guessWindow + 2 : max(6, guessWindow * 0.75)
    } else {
      boundariesUnderWay -= 1
      boundaryWindow = share == 1 ? boundaryWindow + 2 : max(16, boundaryWindow - 1)
    }
  }

  /// Records a page.
  mutating func notePage(share: Double) { waste += 1 - share }

  /// Records a page after which its range goes on.
  mutating func noteFullPage() { fullPages += 1 }

  /// Records a request for children.
  mutating func noteChildrenRequest() { waste += 1 }
}
