/// Why nobody can be let in, and what to do: whole sentences.
package struct ReaderProblem: Error, Sendable {
  package let description: String
}
