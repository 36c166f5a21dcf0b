import Testing

@testable import AWSKit

/// The signing key is kept for a day: what is signed must not depend on what was signed before.
@Suite struct SigningKeyTests {
  private static func signature(
    by signer: SigV4Signer, secret: String = "s", at moment: Timestamp = .example
  ) -> String? {
    var request = HTTPRequest(method: .get, scheme: "https", authority: "h", path: "/")
    signer.sign(&request, credentials: Credentials(accessKeyID: "ID", secretAccessKey: secret), at: moment)
    return request.signature
  }

  private static func fresh() -> SigV4Signer { SigV4Signer(region: "us-east-1") }

  @Test func aSignerUsedOnTwoDaysSignsAsFreshOnesDo() {
    let signer = Self.fresh()
    var signatures: Set<String?> = []
    for offset in [0, 86_399, 86_400, 86_401, -1, 0] {
      let moment = Timestamp(seconds: Timestamp.example.seconds + offset)
      let signature = Self.signature(by: signer, at: moment)
      #expect(signature == Self.signature(by: Self.fresh(), at: moment), "\(moment.basic)")
      signatures.insert(signature)
    }
    #expect(signatures.count == 5)
  }

  @Test func aSignerUsedForTwoSecretsSignsAsFreshOnesDo() {
    let signer = Self.fresh()
    var signatures: Set<String?> = []
    for secret in ["a", "b", "a", "", "b"] {
      let signature = Self.signature(by: signer, secret: secret)
      #expect(signature == Self.signature(by: Self.fresh(), secret: secret), "'\(secret)'")
      signatures.insert(signature)
    }
    #expect(signatures.count == 3)
  }

  // Made by botocore, as those in SigV4OddRequestTests are.
  @Test(arguments: [
    ("us-east-1", "s3", "fa306dd14f17edb0512191790e06fccd47bd3fa0a22a658553db63cceb40ad41"),
    ("eu-central-1", "s3", "e94f8e9fd26c95a3776846a244aa977b75ce4a309e9ef4ab3f3e4436c841abee"),
    ("us-east-1", "cloudfront", "d179ade1dbca35212af1673cd9640a1c324a8b7b23f23a40886f2496527980b4"),
  ])
  func regionAndServiceArePartsOfTheKey(region: String, service: String, signature: String) {
    #expect(
      Self.signature(by: SigV4Signer(region: region, service: service)) == signature)
  }

  @Test func manyTasksMayUseOneSignerAtOnce() async {
    let signer = Self.fresh()
    let secrets = ["a", "b", "c"]
    let expected = secrets.map { Self.signature(by: Self.fresh(), secret: $0) }
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<300 {
        group.addTask {
          Self.signature(by: signer, secret: secrets[number % 3]) == expected[number % 3]
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}
