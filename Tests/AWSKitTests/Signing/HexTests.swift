import Testing

@testable import AWSKit

@Suite struct HexTests {
  @Test(
    arguments: [
      ([], ""), ([0x00], "00"), ([0x0a, 0xa0], "0aa0"),
      ([0xde, 0xad, 0xbe, 0xef, 0x7f, 0xff], "deadbeef7fff"),
    ] as [([UInt8], String)])
  func bytesBecomeTwoLowerCaseDigits(bytes: [UInt8], text: String) {
    #expect(Hex.encode(bytes) == text)
  }

  @Test func everyByteHasItsDigits() {
    for byte in UInt8.min...UInt8.max {
      let text = Hex.encode(CollectionOfOne(byte))
      #expect(text.utf8.count == 2)
      #expect(UInt8(text, radix: 16) == byte)
    }
  }

  @Test func onlyDigitsHaveAValue() {
    for byte in UInt8.min...UInt8.max {
      let character = Character(Unicode.Scalar(byte))
      let expected = byte < 0x80 ? character.hexDigitValue : nil
      #expect(Hex.value(byte).map(Int.init) == expected, "byte \(byte)")
    }
  }
}
