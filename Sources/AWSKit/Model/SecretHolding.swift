/// A type that contains secrets. Neither printing nor dumping shows them, even inside another value.
package protocol SecretHolding: CustomStringConvertible, CustomReflectable {}

extension SecretHolding {
  /// The type's name alone.
  package var description: String { "\(Self.self)(…)" }

  /// No children: `dump` and failed expectations walk a value's mirror.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
