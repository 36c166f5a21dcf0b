import AWSKit
import TestSupport

@testable import FixACLKit

private let site = Sample.site
private let tools = Sample.tools
private let oai = Sample.oai
private let guest = Sample.guest

/// A bucket of site's with objects of tools', guest's and its own, and all that a run over it needs.
struct SampleBucket {
  let server: InProcessS3
  var bucket = Sample.bucket()
  var desired = Sample.desired()
  /// The accounts whose credentials are at hand, besides the ones that list.
  var owners = [tools]
  /// Whose the credentials are that list the bucket; nil where that is not known.
  var main: CanonicalID? = site
  var maximumFailures: Int? = 50
  /// The keys to ask for; nil to list the bucket.
  var keys: KeyList?

  init(pageSize: Int = 1000) {
    server = InProcessS3(owner: site, others: [oai], pageSize: pageSize)
  }

  func accounts(concurrency: Int = 16) -> Accounts {
    let throttle = Throttle(concurrency: concurrency)
    func account(_ id: CanonicalID?) -> Account {
      Account(label: "", client: server.client(of: id ?? site, throttle: throttle), canonicalID: id)
    }
    return Accounts(main: account(main), owners: owners.map(account), bucketOwner: site)
  }

  /// Objects of every kind, several times over.
  mutating func fill(_ count: Int) {
    let kinds: [InProcessS3.Object] = [
      InProcessS3.Object(.owned(by: tools)),
      InProcessS3.Object(.owned(by: tools, .user(oai))),
      InProcessS3.Object(.owned(by: tools, .publicRead)),
      InProcessS3.Object(.owned(by: site)),
      InProcessS3.Object(.owned(by: tools, .user(site))),
      InProcessS3.Object(.owned(by: guest)),
      InProcessS3.Object(.owned(by: guest, .user(site))),
      InProcessS3.Object(.owned(by: guest, .user(site, .fullControl))),
      InProcessS3.Object(.owned(by: guest, .user(site, .fullControl), .user(oai))),
    ]
    for index in 0..<count {
      var object = kinds[index % kinds.count]
      object.etag = "e\(index)"
      object.size = index
      let folder = ["a/", "img/2026/", "caf\u{e9}/", "cafe\u{301}/", "", "z~/"][index / kinds.count % 6]
      server[folder + "\(index * 7919 % 10_007)"] = object
    }
  }

  func scan(
    concurrency: Int = 16, stop: StopSignal = StopSignal(), folder: String = "/tmp"
  ) async throws -> (scanner: BucketScanner, result: BucketScanner.Result) {
    let scanner = BucketScanner(
      bucket: bucket, desired: desired, keys: keys, accounts: accounts(concurrency: concurrency),
      concurrency: concurrency,
      maximumFailures: maximumFailures, stop: stop)
    return (scanner, try await scanner.scan(from: BucketScanner.Result(spool: try PlanSpool(folder: folder))))
  }

  /// Scans the bucket and opens the plan that comes of it.
  func plan(in folder: String, concurrency: Int = 16, name: String = "plan.json") async throws -> Plan {
    let result = try await scan(concurrency: concurrency).result
    let header = PlanHeader(
      tool: "fixacl test", createdAt: "2026-11-23T10:15:00Z", bucket: bucket, desired: desired,
      summary: result.summary)
    try PlanWriter.write(
      header: header, acls: result.acls, spool: result.spool, to: .file(folder + "/" + name))
    return try Plan(path: folder + "/" + name)
  }
}
