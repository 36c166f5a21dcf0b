internal import Dispatch
internal import Glibc

/// Shows from time to time what is going on: on a terminal a line that changes, elsewhere a line every 5 seconds.
final class ProgressReporter {
  private let timer: any DispatchSourceTimer

  /// - Parameter line: makes the line from the seconds that have passed; called on a queue of the reporter's own.
  init(isQuiet: Bool, line: @escaping @Sendable (Double) -> String) {
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "fixacl.progress"))
    let interval: DispatchTimeInterval = Console.shared.isTerminal ? .milliseconds(200) : .seconds(5)
    timer.schedule(deadline: .now() + interval, repeating: interval)
    let start = Clock.seconds()
    timer.setEventHandler {
      if !isQuiet { Console.shared.progress(line(Clock.seconds() - start)) }
    }
    timer.activate()
    self.timer = timer
  }

  func finish() {
    timer.cancel()
    Console.shared.endProgress()
  }

  /// `; 42/s, about 3m20s left`, once there is ground for it.
  static func rate(done: Int, of total: Int?, seconds: Double) -> String {
    guard seconds >= 1, done > 0 else { return "" }
    let rate = Double(done) / seconds
    var text = ", \(Quantity.count(Int(rate)))/s"
    if let total, total > done, seconds >= 3 {
      text += ", about \(Quantity.duration(seconds: Double(total - done) / rate)) left"
    }
    return text
  }
}

/// A clock that no one sets.
enum Clock {
  static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
