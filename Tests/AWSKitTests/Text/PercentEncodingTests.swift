import Testing

@testable import AWSKit

@Suite struct PercentEncodingTests {
  @Test(arguments: [
    ("", ""),
    ("AZaz09-._~", "AZaz09-._~"),
    ("a b", "a%20b"),
    ("a+b", "a%2Bb"),
    ("a/b", "a%2Fb"),
    ("100%", "100%25"),
    ("%41", "%2541"),
    ("caf\u{e9}", "caf%C3%A9"),
    ("cafe\u{301}", "cafe%CC%81"),
    ("\u{1f600}", "%F0%9F%98%80"),
    ("\u{0}\u{1}\n\u{7f}", "%00%01%0A%7F"),
    (
      "!\"#$&'()*,:;<=>?@[\\]^`{|}",
      "%21%22%23%24%26%27%28%29%2A%2C%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D"
    ),
  ])
  func everythingButTheUnreservedIsEncoded(plain: String, encoded: String) {
    #expect(PercentEncoding.encode(plain) == encoded)
    #expect(PercentEncoding.decode(encoded.utf8) == Array(plain.utf8))
  }

  @Test(arguments: [
    ("/", "/"), ("//a/../b/", "//a/../b/"), ("a b/c+d", "a%20b/c%2Bd"), ("a%2Fb", "a%252Fb"),
  ])
  func slashesAreKeptInPaths(plain: String, encoded: String) {
    #expect(PercentEncoding.encode(plain, keepingSlashes: true) == encoded)
  }

  @Test func exactlyTheUnreservedBytesStay() {
    let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    for byte in UInt8.min...UInt8.max {
      let encoded = PercentEncoding.encode([byte])
      #expect(encoded.utf8.count == (unreserved.contains(byte) ? 1 : 3), "byte \(byte)")
      #expect(PercentEncoding.decode(encoded.utf8) == [byte], "byte \(byte)")
    }
  }

  @Test func bytesThatAreNotUTF8SurviveTheRoundTrip() {
    let bytes: [UInt8] = [0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80]
    #expect(PercentEncoding.encode(bytes) == "%FF%FE%C0%80%ED%A0%80")
    #expect(PercentEncoding.decode("%FF%fe%C0%80%eD%A0%80".utf8) == bytes)
  }

  @Test(arguments: [
    // The form of HTML: what S3 sends for a blank in listings.
    ("a+b", "a b"), ("+", " "), ("a%2Bb+c", "a+b c"), ("%e4%B8%Ad", "\u{4e2d}"), ("%2525", "%25"),
    // What the server did not encode is taken as it is.
    ("caf\u{e9}/x!", "caf\u{e9}/x!"),
  ])
  func decodesPlusAsABlankAndDigitsInEitherCase(encoded: String, plain: String) {
    #expect(PercentEncoding.decode(encoded.utf8) == Array(plain.utf8))
  }

  @Test(arguments: ["%", "a%", "%4", "%zz", "%4g", "%g4", "%%41", "% 41", "a%2", "%+1", "%\u{ff11}1"])
  func refusesAPercentSignWithoutTwoDigits(text: String) {
    #expect(PercentEncoding.decode(text.utf8) == nil)
  }
}
