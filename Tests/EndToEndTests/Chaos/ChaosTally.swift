import Foundation

/// What a chaos run has done, in numbers.
struct ChaosTally: CustomStringConvertible {
  var worlds = 0
  var objects = 0
  /// Runs of the program by how they ended.
  var endings: [Int: Int] = [:]
  var signals: [String: Int] = [:]
  var machineFaults: [String: Int] = [:]
  /// What the sandbox has made go wrong, by kind.
  var serverFaults: [String: Int] = [:]

  var description: String {
    func list(_ counts: [String: Int]) -> String {
      counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }
    let endings = endings.sorted { $0.key < $1.key }.map { "\($0.value) x \($0.key)" }.joined(separator: ", ")
    return """
      chaos: \(worlds) buckets of \(objects) objects in all; runs by exit status (negative: by signal): \(endings)
      chaos: signals: \(list(signals)); machine: \(list(machineFaults))
      chaos: server: \(list(serverFaults))
      """
  }
}
