/// Counts a kind's refusals, to tell when there are more of them than a lower level of requests in flight would leave.
///
/// - background: the share of requests that is refused whatever the level. It is no reason to send less.
/// - excess: how many more were refused lately than the background explains. It sinks with every request, not below -1,
///   so that it tells of what happens now (a CUSUM).
struct Refusals: Sendable {
  /// A number of requests, and how many of them were refused.
  struct Share: Sendable {
    /// What is older counts half.
    private static let mostRequests = 4000

    private(set) var requests = 0
    private(set) var refused = 0

    var value: Double { Double(refused) / Double(max(1, requests)) }
    /// What the share is at least, as a few refusals may be many by chance.
    var least: Double { (Double(refused) - Double(refused).squareRoot()) / Double(max(1, requests)) }

    mutating func add(_ count: Int) {
      requests += count
      if requests > Self.mostRequests { (requests, refused) = (requests / 2, refused / 2) }
    }

    mutating func addRefusal() { refused += 1 }
  }

  /// Fewer refusals are no reason for anything. S3 refuses one request in some thousands at any load.
  private static let negligibleShare = 0.01
  /// How far the share may be above the background. Without this bound, a high background would hide a limit.
  private static let widestMargin = 0.03
  /// A window for the background has this many requests, and so many that this many refusals are expected.
  private static let windowRequests = 400.0
  private static let windowRefusals = 10.0

  private(set) var background = 0.0
  private(set) var excess = 0.0
  private var window = Share()

  /// The excess that is no chance. The more is refused anyway, the more chance there is. The first request of all counts.
  private var alarm: Double { background == 0 ? 0.985 : 3 + 100 * background }

  /// Whether more is refused than the background explains.
  var areTooMany: Bool { excess >= alarm }
  /// Whether there may be too many soon.
  var areSuspicious: Bool { excess > alarm / 2 }

  mutating func add(_ count: Int) {
    let allowance = background + min(background + Self.negligibleShare, Self.widestMargin)
    excess = max(-1, excess - allowance * Double(count))
    window.add(count)
    guard Double(window.requests) >= max(Self.windowRequests, Self.windowRefusals / background) else { return }
    // It sinks by itself. It rises only if a trial says so, or a limit would be taken for background bit by bit.
    if window.value < 0.7 * background { background = window.refused == 0 ? 0 : (background + window.value) / 2 }
    window = Share()
  }

  mutating func addRefusal() {
    excess += 1
    window.addRefusal()
  }

  /// Takes a share for the background from now on.
  mutating func tolerate(_ share: Double) {
    background = share
    window = Share()
    forgive()
  }

  /// Begins again, at another level.
  mutating func forgive() { excess = 0 }
}
