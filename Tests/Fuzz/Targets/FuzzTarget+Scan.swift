import FixACLKit
import AWSKit

extension FuzzTarget {
  /// A whole scan: what the server says to the first listing, then a line `---`, and what it says to everything else.
  static let scan = FuzzTarget("scan") { bytes in
    let separator = bytes.firstRange(of: Array("\n---\n".utf8))
    let listing = FuzzAnswer.parse(separator.map { Array(bytes[..<$0.lowerBound]) } ?? bytes)
    let other = FuzzAnswer.parse(separator.map { Array(bytes[$0.upperBound...]) } ?? [])
    for allVersions in [false, true] {
      var desired = SampleRun.desired
      desired.allVersions = allVersions
      InlineExecutor.run { [desired] in await scan(desired, listing: listing, other: other) }
    }
  }

  private static func scan(_ desired: Intent, listing: HTTPResponse, other: HTTPResponse) async {
    let client = FuzzTransport { request in
      guard request.path == "/assets" || request.path == "/assets/" else { return other }
      // Only the first page of the bucket, or the scan of a page that says there is more would never end.
      guard !request.query.contains("start-after="), !request.query.contains("key-marker=") else {
        let root = request.query.contains("versions") ? "ListVersionsResult" : "ListBucketResult"
        return HTTPResponse(status: 200, body: Array("<\(root)><IsTruncated>false</IsTruncated></\(root)>".utf8))
      }
      return listing
    }.client()
    let owner = Account(label: "tools", client: client, canonicalID: SampleRun.tools)
    let accounts = Accounts(
      main: Account(label: "site", client: client, canonicalID: SampleRun.site), owners: [owner],
      bucketOwner: SampleRun.site)
    do {
      let scanner = BucketScanner(
        bucket: SampleRun.bucket, desired: desired, accounts: accounts, concurrency: 4, stop: StopSignal())
      let result = try await scanner.scan(
        from: BucketScanner.Result(spool: try PlanSpool(folder: FuzzFolder.shared.path)))
      let header = PlanHeader(
        tool: "fixacl fuzz", createdAt: "2026-11-23T10:15:00Z", bucket: SampleRun.bucket, desired: desired,
        summary: result.summary)
      // As the command does: what a server says that makes no sense is found out before it is written.
      try PlanWriter.check(header: header, acls: result.acls, spool: result.spool)
      try PlanWriter.write(
        header: header, acls: result.acls, spool: result.spool, to: .file(FuzzFolder.shared.path("scan.json")))
    } catch { return }
    do {
      let plan = try Plan(path: FuzzFolder.shared.path("scan.json"))
      require(try plan.all().count == plan.changeCount, "the plan of a scan can be read")
    } catch {
      require(false, "the plan of a scan can be opened: \(error)")
    }
  }
}
