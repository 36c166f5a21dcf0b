import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

private let site = Sample.site
private let tools = Sample.tools

@Suite struct AccountsAskTests {
  /// What comes of a HEAD by the bucket owner and then by tools, and who was asked.
  private static func ask(
    answers: [CanonicalID: (Int, String)], in sample: SampleBucket = SampleBucket()
  ) async throws -> (text: String, callers: [CanonicalID]) {
    sample.server["k"] = InProcessS3.Object(.owned(by: tools))
    sample.server.intercept { call, carryOut in
      guard let (status, code) = answers[call.caller] else { return carryOut() }
      return InProcessS3.error(status, code)
    }
    sample.server.forgetCalls()
    let answer = try await sample.accounts().ask([.bucketOwner, .objectOwner(tools)]) { client throws(AWSError) in
      try await client.headObject(bucket: "assets", key: ObjectKey("k"))
    }
    let text =
      switch answer {
      case .found(_, .bucketOwner): "found by the bucket owner"
      case .found(_, .objectOwner): "found by the owner"
      case .missing(let error): "missing \(error.status ?? 0)"
      case .denied(let error): "denied \(error?.status ?? 0)"
      case .needsCustomerKey(_, let role): "customer's key, \(role == .bucketOwner)"
      }
    // Whether the keys are good may be asked by a GET.
    return (text, sample.server.calls.filter { $0.operation == "HeadObject" }.map(\.caller))
  }

  @Test func theNextIsAskedOnlyIfOneIsDenied() async throws {
    let denied = (403, "AccessDenied")
    var (text, callers) = try await Self.ask(answers: [:])
    // The object is closed to the bucket owner.
    #expect(text == "found by the owner" && callers == [site, tools])
    (text, callers) = try await Self.ask(answers: [site: (404, "NoSuchKey")])
    #expect(text == "missing 404" && callers == [site])
    (text, callers) = try await Self.ask(answers: [site: (400, "BadRequest")])
    #expect(text == "customer's key, true" && callers == [site])
    (text, callers) = try await Self.ask(answers: [tools: (400, "BadRequest")])
    #expect(text == "customer's key, false" && callers == [site, tools])
    (text, callers) = try await Self.ask(answers: [site: denied, tools: denied])
    #expect(text == "denied 403" && callers == [site, tools])
  }

  @Test func whoHasNoCredentialsIsPassedOver() async throws {
    var sample = SampleBucket()
    sample.owners = []
    var (text, callers) = try await Self.ask(answers: [:], in: sample)
    #expect(text == "denied 403" && callers == [site])
    sample.main = nil
    (text, callers) = try await Self.ask(answers: [:], in: sample)
    #expect(text == "denied 0" && callers.isEmpty)
  }

  @Test func otherErrorsAreThrown() async throws {
    let error = try await #require(throws: AWSError.self) {
      _ = try await Self.ask(answers: [site: (403, "ExpiredToken")])
    }
    #expect(error.code == "ExpiredToken")
    // S3 gives expired credentials the status of a customer's key.
    await #expect(throws: AWSError.self) { try await Self.ask(answers: [site: (400, "ExpiredToken")]) }
  }
}
