import Testing

@testable import FixACLKit

@Suite struct LogLinesTests {
  private func lines(_ text: [UInt8], pieceLength: Int) -> [String] {
    var lines = LogLines()
    var result: [String] = []
    func take(_ next: LogLines.Next, _ piece: [UInt8]) {
      switch next {
      case .inPiece(let range): result.append(String(decoding: piece[range], as: UTF8.self))
      case .kept: result.append(String(decoding: lines.kept, as: UTF8.self))
      case .tooLong: result.append("too long")
      }
    }
    for start in stride(from: 0, to: text.count, by: pieceLength) {
      let piece = Array(text[start..<min(text.count, start + pieceLength)])
      var position = 0
      while let next = lines.next(in: piece.span, &position) { take(next, piece) }
    }
    if let next = lines.finish() { take(next, []) }
    return result
  }

  @Test(arguments: [1, 2, 3, 4, 5, 8, 1000])
  func anyPieces(pieceLength: Int) {
    #expect(lines(Array("one\ntwo\n\nfour".utf8), pieceLength: pieceLength) == ["one", "two", "", "four"])
    #expect(lines(Array("\n\n".utf8), pieceLength: pieceLength) == ["", ""])
    #expect(lines([], pieceLength: pieceLength) == [])
  }

  @Test(arguments: [1 << 10, 100_000, 1 << 20])
  func linesThatAreTooLong(pieceLength: Int) {
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: LogLines.maximumLength)
    let text = long + Array("\n".utf8) + long + Array("x\nb\n".utf8) + long + Array("yz".utf8)
    let found = lines(text, pieceLength: pieceLength)
    #expect(found.map { $0.count > 100 ? "long" : $0 } == ["long", "too long", "b", "too long"])
  }
}
