internal import FixACLKit
internal import AWSKit

/// Says on stderr that a server is waited for, where nothing else has been said for a while.
enum WaitingNotice {
  private static let firstSeconds = 2.5
  private static let laterSeconds = 10.0

  /// Begins to watch, for as long as the program runs.
  ///
  /// - Parameters:
  ///   - server: what is waited for, for people.
  ///   - throttle: of the requests.
  static func start(for server: String, throttle: Throttle) {
    let start = Clock.seconds()
    Task.detached {
      var wait = firstSeconds
      while (try? await Task.sleep(for: .seconds(wait))) != nil {
        wait = laterSeconds
        let isWaiting = throttle.inFlight > 0 || !throttle.hasSucceeded
        guard isWaiting, Console.shared.secondsOfSilence(since: start) >= firstSeconds - 0.1 else { continue }
        let state = throttle.hasSucceeded ? "not finished yet" : "no answer yet"
        let seconds = Int(Clock.seconds() - start)
        Console.shared.note("waiting", "waiting for \(server): \(state), after \(seconds) s.")
      }
    }
  }
}
