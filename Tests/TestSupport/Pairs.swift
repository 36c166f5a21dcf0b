/// Every pair of the elements of two tables, for tests that have a third one: Swift Testing takes two.
package func pairs<First, Second>(_ first: [First], _ second: [Second]) -> [(First, Second)] {
  first.flatMap { element in second.map { (element, $0) } }
}
