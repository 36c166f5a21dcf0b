internal import Dispatch
internal import FixACLKit
internal import Glibc

/// Turns the first SIGINT or SIGTERM into a request to stop, and a second into the end.
final class Interruption {
  let stop = StopSignal()
  private var sources: [any DispatchSourceSignal] = []

  /// - Parameter onStop: called once, on a queue of its own, with the first signal.
  init(announcement: String, onStop: @escaping @Sendable () -> Void) {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: Self.queue)
      source.setEventHandler { [stop] in
        if stop.isSet { Glibc._exit(ExitStatus.interrupted.rawValue) }
        stop.set()
        Console.shared.note("fixacl: " + announcement)
        onStop()
      }
      source.activate()
      sources.append(source)
    }
  }

  private static let queue = DispatchQueue(label: "fixacl.signals")
}
