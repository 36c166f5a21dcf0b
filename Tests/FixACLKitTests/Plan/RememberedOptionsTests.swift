import FoundationEssentials
import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

/// What a plan remembers only where it was asked for.
@Suite struct RememberedOptionsTests {
  @Test func droppedGranteesAndWhoPays() throws {
    var plan = SamplePlan.mixed
    let bare = try withTemporaryFolder { folder in
      try plan.write(to: folder + "/plan.json")
      return String(decoding: try readBytes(folder + "/plan.json"), as: UTF8.self)
    }
    for member in ["dropGrantees", "requestPayer", "payer"] { #expect(!bare.contains("\"\(member)\"")) }
    plan.desired.droppedGrantees = [Sample.guest]
    plan.desired.requestPayer = .requester
    plan.bucket.payer = .requester
    let header = try withTemporaryFolder { try plan.open(in: $0).header }
    #expect(header.desired == plan.desired)
    #expect(header.bucket == plan.bucket)
  }
}
