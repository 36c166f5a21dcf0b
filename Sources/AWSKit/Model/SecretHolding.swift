/// A type with secrets in it, which neither printing nor dumping shows, not even as a part of something else.
package protocol SecretHolding: CustomStringConvertible, CustomReflectable {}

extension SecretHolding {
  /// The type's name alone.
  package var description: String { "\(Self.self)(…)" }

  /// No children: `dump` and failed expectations walk the mirror of whatever they show.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
