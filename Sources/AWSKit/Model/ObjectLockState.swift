/// The Object Lock of one version of an object.
package struct ObjectLockState: Hashable, Sendable {
  /// A period during which the version cannot be deleted.
  package struct Retention: Hashable, Sendable {
    /// `GOVERNANCE` or `COMPLIANCE`.
    package let mode: String
    /// An ISO 8601 time in UTC, as the server wrote it.
    package let until: String

    package init(mode: String, until: String) {
      self.mode = mode
      self.until = until
    }

    /// Whether it has not ended yet. S3 rejects a retention that ends in the past.
    package func isActive(at now: Timestamp) -> Bool {
      // Both have the same format, down to the second.
      now.extended.utf8.prefix(19).lexicographicallyPrecedes(until.utf8.prefix(19))
    }
  }

  /// A hold that lasts until an event: the version cannot be deleted while it is on, and a retention of some length
  /// begins when it is released (S3 API Reference, ObjectLockRetention).
  package struct EventHold: Hashable, Sendable {
    /// The length of the retention that begins with the release.
    package enum Duration: Hashable, Sendable {
      case days(Int)
      case years(Int)
    }

    /// `GOVERNANCE` or `COMPLIANCE`; nil if the server names none. It is sent with the hold.
    package let mode: String?
    /// Nil if the server names none.
    package let duration: Duration?

    package init(mode: String? = nil, duration: Duration? = nil) {
      self.mode = mode
      self.duration = duration
    }
  }

  package var retention: Retention?
  package var hasLegalHold: Bool
  /// Nil if there is none, or it has been released.
  package var eventHold: EventHold?

  package init(retention: Retention? = nil, hasLegalHold: Bool = false, eventHold: EventHold? = nil) {
    self.retention = retention
    self.hasLegalHold = hasLegalHold
    self.eventHold = eventHold
  }

  /// Whether both locks are the same: servers write one time with or without fractions of a second.
  package func isSame(as other: ObjectLockState?) -> Bool {
    retention?.mode == other?.retention?.mode && retention?.until.prefix(19) == other?.retention?.until.prefix(19)
      && hasLegalHold == other?.hasLegalHold && eventHold == other?.eventHold
  }

  var headers: [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    if let retention {
      headers.append(("x-amz-object-lock-mode", retention.mode))
      headers.append(("x-amz-object-lock-retain-until-date", retention.until))
    }
    if hasLegalHold { headers.append(("x-amz-object-lock-legal-hold", "ON")) }
    guard let eventHold else { return headers }
    if retention == nil, let mode = eventHold.mode { headers.append(("x-amz-object-lock-mode", mode)) }
    headers.append(("x-amz-object-lock-event-hold", "ON"))
    switch eventHold.duration {
    case .days(let days): headers.append(("x-amz-object-lock-event-hold-duration-days", "\(days)"))
    case .years(let years): headers.append(("x-amz-object-lock-event-hold-duration-years", "\(years)"))
    case nil: break
    }
    return headers
  }
}

extension ObjectLockState.EventHold.Duration {
  /// Nil if the server names neither; the texts are as it wrote them.
  init?(days: String?, years: String?) {
    if let days = days.flatMap({ Int($0) }) {
      self = .days(days)
    } else if let years = years.flatMap({ Int($0) }) {
      self = .years(years)
    } else {
      return nil
    }
  }
}
