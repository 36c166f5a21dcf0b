import AWSKit
import Testing

/// A key that clients get wrong, the path that stands for it, and the signature of a plain GET of it.
///
/// Made by botocore 1.43.11, with its clock set to 2013-05-24T00:00:00Z and `key` one of those below:
///
///     path = "/" + urllib.parse.quote(key, safe="/~")
///     request = AWSRequest("GET", "https://examplebucket.s3.us-east-1.amazonaws.com" + path, data=b"")
///     S3SigV4Auth(Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
///                 "s3", "us-east-1").add_auth(request)
struct OddKey: Sendable, CustomTestStringConvertible {
  let key: ObjectKey
  let path: String
  let signature: String

  init(_ key: String, path: String, signature: String) {
    self.key = ObjectKey(key)
    self.path = path
    self.signature = signature
  }

  var testDescription: String { path.utf8.count > 40 ? "\(path.prefix(40))…" : path }

  static let all: [OddKey] = [
    OddKey(
      "a b", path: "/a%20b",
      signature: "9a1d0c8f4788aac0a460869c60c9aceb57782acaedea3e412d405105bb4971fe"),
    OddKey(
      " lead and trail ", path: "/%20lead%20and%20trail%20",
      signature: "fb1cbe5fdac6240bd8f5139ef21367e91bd95e80c3e5e4854c65652de3530918"),
    OddKey(
      "a+b", path: "/a%2Bb",
      signature: "c33b8b8bab143e4ecebcb5a3fb70ccf08baab1e38007ab6fcc5e5b0329d197d0"),
    OddKey(
      "100%", path: "/100%25",
      signature: "0e1452ca6ad2175afdb5e31a1ab1e78c6a703c5c2e4dab117b62bf1cfdfb9106"),
    OddKey(
      "%zz", path: "/%25zz",
      signature: "9659afe056e0dca9783597e3334d9cd23a9b8c869a62c648ddacac0973b81910"),
    OddKey(
      "%41", path: "/%2541",
      signature: "6f4fc988cec3c53b88966b3c079f16b0503de0f250f4e682958f901bb4abbceb"),
    OddKey(
      "caf\u{e9}", path: "/caf%C3%A9",
      signature: "07d391eec898c7698439db325afcda6fbf20fcf77d6195892b873fe496d480e0"),
    OddKey(
      "cafe\u{301}", path: "/cafe%CC%81",
      signature: "7acc32358e6c7221502a87caa7442ba9e4da3009a5db101dc16e6422c8130463"),
    OddKey(
      "\u{1f600}", path: "/%F0%9F%98%80",
      signature: "299f0b2e61999fae20fc74839c2f12065525967114cadf9b5712dc063700f65f"),
    OddKey(
      "/leading", path: "//leading",
      signature: "7603027e2d74acbb7bb7c25a817687fe123717bafde77135e93a12f3e5e08916"),
    OddKey(
      "//two", path: "///two",
      signature: "9f7e3427b3b2a631c77a023e2bebc29564e9705a0753f7ee7c8d4ffc038ee8bf"),
    OddKey(
      "double//slash", path: "/double//slash",
      signature: "ea3c56c5442cf5251f9d7c84180dd02da8bf5467e97a10ab65357b4e53b8d1c7"),
    OddKey(
      "trailing/", path: "/trailing/",
      signature: "c4455821d9ac181f8cd91d71dcd67109a657d270736d8949dbfe0034175db4d2"),
    OddKey(
      ".", path: "/.",
      signature: "f4ad40a3c7e9724aa07b44352c17ec66aaced6185602a21edc5a99df8f4913b7"),
    OddKey(
      "..", path: "/..",
      signature: "8f886e9ebfa95d1777565bd4995114a0a80b1035f7745c3daa78fbb26bca2475"),
    OddKey(
      "dot/./x", path: "/dot/./x",
      signature: "ce224a494d91190d71162849db82862916319bdc686f06bc73655a20dbb1a22f"),
    OddKey(
      "dot/../x", path: "/dot/../x",
      signature: "9b6b3b2b655469a0d3f4e2d7b6cfda43cb978c827293e76b1d9da4c9e65c2369"),
    OddKey(
      "../up", path: "/../up",
      signature: "9e907322d4fad44b4385e08d022df842d72bbdcb05765f894eb53b3b8e8d617a"),
    OddKey(
      "new\u{a}line", path: "/new%0Aline",
      signature: "e45a19b48aca3834d696259a8cd506edb45dacc99f6f5f0a15b42edb3c09b2b7"),
    OddKey(
      "tab\u{9}x", path: "/tab%09x",
      signature: "4b1fe7c61bcb207bb1ea4ff0efcfd591b1b6e542b6d4486eb397cfd7f8583294"),
    OddKey(
      "cr\u{d}x", path: "/cr%0Dx",
      signature: "af1e9ae76b9d119050a74501929c114c9640f19bc447d50d551a9b50ad84d822"),
    OddKey(
      "\u{1}", path: "/%01",
      signature: "9faf826231d069867b3a83beeb5cefe249dda7ba91319e49580c04302b057694"),
    OddKey(
      "\u{7f}", path: "/%7F",
      signature: "795a54e0fd366376fd3d2e96bba871d0186376c8ba4820d1a73bdfd5b2275240"),
    OddKey(
      "q?acl", path: "/q%3Facl",
      signature: "72fee1e913107aa99b2c4fb74007318c009614ee725478cd0a1cc93d6a9fa69d"),
    OddKey(
      "h#h", path: "/h%23h",
      signature: "1f53dae8e27ddd7f3a0dd4569667a1c186f98c83e3e45ad1fa85e3e13cb98d20"),
    OddKey(
      "back\\slash", path: "/back%5Cslash",
      signature: "4e7eb7ed13ec7113e80a439690003642ba914cbb0c87c522d8a05762ffeed9a8"),
    OddKey(
      "&<>\"'", path: "/%26%3C%3E%22%27",
      signature: "7d2033bec46e93092b403cc624261c3c78768b36e16a590b1b4cb78c534ff5ca"),
    OddKey(
      "=:;,@$!*()", path: "/%3D%3A%3B%2C%40%24%21%2A%28%29",
      signature: "898be3fc4afdf3ec70411d502dee8d3ced6bab7abdf18616478befeaec7f3c91"),
    OddKey(
      "[x]{y}|^`~", path: "/%5Bx%5D%7By%7D%7C%5E%60~",
      signature: "639d8b183aa9a74953888b6c7fe20ba795d281b41b746a01b8c77149bdcf0fbd"),
    OddKey(
      "\u{fffd}", path: "/%EF%BF%BD",
      signature: "daecdb3b68ed6d7f8d8ea2527ca16747bc73a98b2991402c1a825752adfc1904"),
    OddKey(
      "\u{4e2d}/\u{e4}-_.~", path: "/%E4%B8%AD/%C3%A4-_.~",
      signature: "d19a72199d2d00be705e29b64640bad80f470be8a476434fae961be787d90ec5"),
    OddKey(
      String(repeating: "l", count: 1024), path: "/" + String(repeating: "l", count: 1024),
      signature: "58f18865b4862bfa9e5fb8c4a0623016c72260ac56632491de21171b03181d04"),
    OddKey(
      String(repeating: "\u{e9}", count: 512), path: "/" + String(repeating: "%C3%A9", count: 512),
      signature: "5ae5036876542ad8351dd3ac4ac0d3325a86bc9d7069b7d4e10cbf6c9239485d"),
  ]
}
