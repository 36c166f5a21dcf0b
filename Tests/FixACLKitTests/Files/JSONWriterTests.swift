import FoundationEssentials
import AWSKit
import SandboxKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct JSONWriterTests {
  @Test(
    arguments: [
      ("", #""""#),
      ("plain", #""plain""#),
      ("\"", #""\"""#),
      ("\\", #""\\""#),
      ("/", #""/""#),
      ("\n\r\t", #""\n\r\t""#),
      ("\u{0}\u{1}\u{8}\u{b}\u{c}\u{1f}", #""\u0000\u0001\u0008\u000b\u000c\u001f""#),
      (" ~\u{7f}\u{80}", "\" ~\\u007f\u{80}\""),
      ("\u{e9} e\u{301} \u{2028} \u{1f600} \u{10ffff}", "\"\u{e9} e\u{301} \u{2028} \u{1f600} \u{10ffff}\""),
      ("\\u0041", #""\\u0041""#),
    ])
  func escapes(text: String, json: String) {
    var writer = JSONWriter()
    writer.string(text)
    #expect(writer.bytes == Array(json.utf8))
  }

  @Test func separatesMembersAndElements() {
    var json = JSONWriter()
    json.object { json in
      json.member("text", "a")
      json.member("none", nil as String?)
      json.member("number", -12)
      json.member("largest", Int.max)
      json.member("flag", true)
      json.name("empty")
      json.object { _ in }
      json.name("list")
      json.array { json in
        json.number(1)
        json.null()
        json.bool(false)
        json.array { _ in }
        json.object { $0.member("k\"", "v") }
        json.object { $0.member("k", 2) }
      }
      json.member("last", 0)
    }
    #expect(
      String(decoding: json.bytes, as: UTF8.self)
        == #"{"text":"a","none":null,"number":-12,"largest":9223372036854775807,"flag":true,"empty":{},"#
        + #""list":[1,null,false,[],{"k\"":"v"},{"k":2}],"last":0}"#)
  }

  @Test(arguments: Sample.oddKeys)
  func oddKeysComeBack(text: String) throws { try expectRoundTrip(text) }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func randomTextComesBack(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<50 { try expectRoundTrip(RandomKeys.key(20, using: &generator)) }
  }

  /// As a name and as a value, by another's reading of JSON, byte for byte.
  private func expectRoundTrip(_ text: String) throws {
    var json = JSONWriter()
    json.object { json in
      json.member(text, text)
      json.member("after", 1)
    }
    // One line, whatever is in it.
    #expect(!json.bytes.contains { $0 < 0x20 || $0 == 0x7f })
    struct Document: Decodable {
      var texts: [String] = []
      struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
      }
      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for key in container.allKeys where key.stringValue != "after" {
          texts += [key.stringValue, try container.decode(String.self, forKey: key)]
        }
      }
    }
    let texts = try JSONDecoder().decode(Document.self, from: Data(json.bytes)).texts
    #expect(texts.map { Array($0.utf8) } == [Array(text.utf8), Array(text.utf8)])
  }
}
