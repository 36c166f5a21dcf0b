import Testing

@testable import AWSKit

@Suite struct HTTPHeadersTests {
  private static func headers(_ lines: String...) -> HTTPHeaders {
    var headers = HTTPHeaders()
    for line in lines { headers.append(line: line.utf8) }
    return headers
  }

  @Test(arguments: ["ETag", "etag", "ETAG", "eTaG"])
  func namesAreFoundInAnyCase(name: String) {
    let headers = Self.headers("HTTP/1.1 200 OK\r\n", "Etag: \"x\"\r\n", "Content-Length: 1\r\n", "\r\n")
    #expect(headers[name] == "\"x\"")
  }

  @Test(arguments: [
    ("A: v\r\n", "v"), ("A:v\r\n", "v"), ("A:   v  \r\n", "v"), ("A:\t v \t\r\n", "v"), ("A: v\n", "v"),
    ("A: v", "v"),
    ("A:\r\n", ""), ("A:  \r\n", ""), ("A: a b  c\r\n", "a b  c"), ("A: a: b\r\n", "a: b"),
    ("A: gr\u{fc}\u{df}e\r\n", "gr\u{fc}\u{df}e"), ("A: \"quoted \"\r\n", "\"quoted \""),
  ])
  func valuesComeWithoutTheBlanksAroundThem(line: String, value: String) {
    #expect(Self.headers(line)["a"] == value)
  }

  @Test(arguments: ["A\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "AB: x\r\n", ": x\r\n", " A: x\r\n", "A : x\r\n"])
  func whatIsNoSuchHeaderIsNotFound(line: String) {
    #expect(Self.headers(line)["A"] == nil)
  }

  @Test func theFirstOfRepeatedHeadersCounts() {
    #expect(Self.headers("A: 1\r\n", "B: x\r\n", "a: 2\r\n")["A"] == "1")
    #expect(Self.headers("A:\r\n", "a: 2\r\n")["A"] == "")
  }

  @Test func fieldsWithAPrefixComeInOrderAndLowerCase() {
    let headers = Self.headers(
      "HTTP/1.1 200 OK\r\n", "X-Amz-Meta-Camel-Case:  Mixed \r\n", "x-amz-meta: no\r\n",
      "x-amz-meta-: empty name\r\n",
      "x-amz-metaphor: no\r\n", "Content-Type: x-amz-meta-a\r\n", "x-amz-meta-e:\r\n", "X-AMZ-META-A: 1\r\n",
      "x-amz-meta-a: 2\r\n", "\r\n")
    let fields = headers.fields(withPrefix: "x-amz-meta-")
    #expect(fields.map(\.name) == ["camel-case", "", "e", "a", "a"])
    #expect(fields.map(\.value) == ["Mixed", "empty name", "", "1", "2"])
  }

  @Test func removingAllLeavesNone() {
    var headers = Self.headers("A: 1\r\n")
    headers.removeAll()
    #expect(headers["A"] == nil)
    headers.append(line: Array("B: 2\r\n".utf8))
    #expect(headers["B"] == "2")
  }

  @Test func fieldsCanBeGivenAsPairs() {
    let headers = HTTPHeaders([("ETag", "\"a\""), ("X-Empty", "")])
    #expect(headers["etag"] == "\"a\"")
    #expect(headers["x-empty"] == "")
    #expect(HTTPHeaders()["x"] == nil)
  }

  @Test func theRequestIDIsAmazonsHeader() {
    let response = HTTPResponse(status: 200, headers: HTTPHeaders([("X-Amz-Request-Id", "4442587FB7D0A2F9")]))
    #expect(response.requestID == "4442587FB7D0A2F9")
    #expect(HTTPResponse(status: 200).requestID == nil)
  }

  @Test(arguments: [
    (199, false), (200, true), (204, true), (299, true), (300, false), (404, false), (0, false),
  ])
  func successIsTwoHundredAndSomething(status: Int, isSuccess: Bool) {
    #expect(HTTPResponse(status: status).isSuccess == isSuccess)
  }
}
