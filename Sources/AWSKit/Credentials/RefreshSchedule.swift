/// When to fetch credentials again before they end: the windows of AWS's clients, 15 minutes before the end (one request
/// fetches, the others use what there is) and 10 minutes before it (all wait).
///
/// For credentials that do not last that long, the windows are a third of the time that was left when they came: those
/// of `aws login` last 15 minutes, and a metadata service may give some that end soon.
struct RefreshSchedule: Sendable, Equatable {
  /// What a request has to do.
  enum Need: Sendable, Equatable {
    case none
    /// Fetch, without waiting for it.
    case advisory
    /// Fetch and wait; if that fails, the credentials can still be used.
    case mandatory
    /// They have ended.
    case ended
  }

  private static let advisoryWindow = 15 * 60
  private static let mandatoryWindow = 10 * 60

  /// Seconds since 1970; nil if the credentials do not end.
  private let end: Int?
  private var advisory: Int
  private var mandatory: Int

  init(expiration: Timestamp?, fetchedAt now: Timestamp) {
    end = expiration?.seconds
    let remaining = max(0, (end ?? 0) - now.seconds)
    let window = min(Self.advisoryWindow, remaining / 3)
    advisory = (end ?? 0) - window
    mandatory = (end ?? 0) - min(Self.mandatoryWindow, window * 2 / 3)
  }

  func need(at now: Timestamp) -> Need {
    guard let end else { return .none }
    if now.seconds < advisory { return .none }
    if now.seconds >= end { return .ended }
    return now.seconds < mandatory ? .advisory : .mandatory
  }

  /// Fetching has failed while the credentials are good: the next try is after a quarter of what is left.
  mutating func postpone(at now: Timestamp) {
    guard let end else { return }
    let next = now.seconds + max(1, (end - now.seconds) / 4)
    advisory = min(end, max(advisory, next))
    mandatory = max(mandatory, advisory)
  }
}
