internal import AWSKit

/// An event hold as members of the object that has the rest of a lock, in journals and records of batch jobs.
extension ObjectLockState.EventHold {
  func writeMembers(to json: inout JSONWriter) {
    json.member("eventHold", true)
    if let mode { json.member("eventHoldMode", mode) }
    switch duration {
    case .days(let days): json.member("eventHoldDays", days)
    case .years(let years): json.member("eventHoldYears", years)
    case nil: break
    }
  }

  /// Reads what `writeMembers` writes, a member at a time.
  struct Members {
    private var isOn = false
    private var mode: String?
    private var duration: Duration?

    /// Nil if no member says that it is on.
    var hold: ObjectLockState.EventHold? { isOn ? ObjectLockState.EventHold(mode: mode, duration: duration) : nil }

    /// Reads a member's value, or passes over it if it says nothing of the hold.
    mutating func take(_ name: ArraySlice<UInt8>, _ reader: inout JSONLineReader) throws {
      switch name {
      case "eventHold": isOn = try reader.bool()
      case "eventHoldMode": mode = try reader.text()
      case "eventHoldDays": duration = .days(try reader.integer())
      case "eventHoldYears": duration = .years(try reader.integer())
      default: try reader.skip()
      }
    }
  }
}
