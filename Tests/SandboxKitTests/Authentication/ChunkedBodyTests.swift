import Crypto
import AWSKit
import NIOHTTP1
import Testing

@testable import SandboxKit

/// AWS's examples (API Reference: "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
/// Chunks", and the same "Including Trailing Headers").
@Suite("Bodies in chunks")
struct ChunkedBodyTests {
  private static let plain = [
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
  ]
  private static let trailing = [
    "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
    "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
    "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
  ]
  private static let trailer = """
    x-amz-checksum-crc32c:sOO8/Q==\r
    x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n
    """

  private func decode(
    _ kind: String, signatures: [String], sizes: [Int] = [65_536, 1024, 0], trailer: String = "", length: Int = 66_560,
    announced: String? = nil
  ) throws(ServiceError) -> ChunkedBody {
    var body: [UInt8] = []
    for (index, size) in sizes.enumerated() {
      let signature = index < signatures.count ? ";chunk-signature=" + signatures[index] : ""
      body += Array("\(String(size, radix: 16))\(signature)\r\n".utf8) + [UInt8](repeating: 0x61, count: size)
      if size > 0 { body += Array("\r\n".utf8) }
    }
    body += Array((trailer + "\r\n").utf8)
    var headers: NIOHTTP1.HTTPHeaders = ["x-amz-decoded-content-length": String(length)]
    if let announced { headers.add(name: "x-amz-trailer", value: announced) }
    var key = SymmetricKey(data: Array("AWS4wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".utf8))
    for part in ["20130524", "us-east-1", "s3", "aws4_request"] {
      key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
    }
    let seed =
      announced == nil
      ? "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
      : "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
    return try ChunkedBody(
      SandboxRequest(method: "PUT", uri: "/examplebucket/chunkObject.txt", headers: headers, body: body), kind: kind,
      seed: ChunkedBody.Seed(
        key: key, date: "20130524T000000Z", scope: "20130524/us-east-1/s3/aws4_request", signature: seed))
  }

  private func code(_ body: () throws(ServiceError) -> ChunkedBody) -> String {
    do throws(ServiceError) {
      _ = try body()
      return "none"
    } catch {
      return error.code
    }
  }

  @Test("takes the example that is signed chunk by chunk, and no other signatures")
  func signedChunks() throws {
    let kind = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    let body = try decode(kind, signatures: Self.plain)
    #expect(body.content == [UInt8](repeating: 0x61, count: 66_560) && body.trailers.isEmpty)
    for index in Self.plain.indices {
      var signatures = Self.plain
      signatures[index] = Self.trailing[index]
      #expect(code { () throws(ServiceError) in try decode(kind, signatures: signatures) } == "SignatureDoesNotMatch")
    }
    #expect(code { () throws(ServiceError) in try decode(kind, signatures: []) } == "SignatureDoesNotMatch")
    #expect(
      code { () throws(ServiceError) in try decode(kind, signatures: Self.plain, length: 66_559) } == "IncompleteBody")
    #expect(
      code { () throws(ServiceError) in try decode(kind, signatures: Self.plain, sizes: [65_536, 1024]) }
        == "IncompleteBody")
  }

  @Test("takes the example with a trailer, and gives it out")
  func signedTrailer() throws {
    let kind = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
    let body = try decode(
      kind, signatures: Self.trailing, trailer: Self.trailer, announced: "x-amz-checksum-crc32c")
    #expect(body.content.count == 66_560)
    #expect(body.trailers.map(\.name) == ["x-amz-checksum-crc32c"] && body.trailers.map(\.value) == ["sOO8/Q=="])
    let other = Self.trailer.replacing("sOO8", with: "sOO9")
    #expect(
      code { () throws(ServiceError) in
        try decode(kind, signatures: Self.trailing, trailer: other, announced: "x-amz-checksum-crc32c")
      } == "SignatureDoesNotMatch")
  }

  @Test("takes an unsigned body, with the trailers that were announced and no others")
  func unsigned() throws {
    let kind = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    let trailer = "x-amz-checksum-crc32c:sOO8/Q==\r\n"
    #expect(
      try decode(kind, signatures: [], trailer: trailer, announced: "x-amz-checksum-crc32c").trailers.count == 1)
    #expect(
      code { () throws(ServiceError) in
        try decode(kind, signatures: [], trailer: trailer, announced: "x-amz-checksum-crc32")
      } == "MalformedTrailerError")
    #expect(
      code { () throws(ServiceError) in try decode(kind, signatures: [], announced: "x-amz-checksum-crc32c") }
        == "MalformedTrailerError")
    #expect(
      code { () throws(ServiceError) in
        try decode(
          kind, signatures: [], sizes: [1024, 65_536, 0], trailer: trailer, announced: "x-amz-checksum-crc32c")
      } == "InvalidChunkSizeError")
  }

  @Test("takes the framing away from what nobody signed too")
  func anonymous() throws {
    let sandbox = try InProcessSandbox()
    let site = try sandbox.account("site").credentials
    let acl = [(name: "x-amz-acl", value: "public-read-write")]
    #expect(
      sandbox.send(.put, "s3.us-east-1.amazonaws.com", "/open", headers: acl, service: "s3", as: site).status == 200)
    let headers = [
      (name: "x-amz-content-sha256", value: "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
      (name: "x-amz-decoded-content-length", value: "5"), (name: "x-amz-trailer", value: "x-amz-checksum-sha256"),
    ]
    func put(_ checksum: String) -> Answer {
      sandbox.send(
        .put, "s3.us-east-1.amazonaws.com", "/open/key", headers: headers + acl,
        body: "5\r\nhello\r\n0\r\nx-amz-checksum-sha256:\(checksum)\r\n\r\n")
    }
    #expect(put("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCR=").code == "BadDigest")
    #expect(put("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=").status == 200)
    #expect(sandbox.send(.get, "s3.us-east-1.amazonaws.com", "/open/key").text == "hello")
  }
}
