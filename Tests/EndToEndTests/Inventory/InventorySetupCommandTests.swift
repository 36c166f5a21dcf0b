import Foundation
import TestSupport
import Testing

/// How an inventory is set up.
struct InventorySetupCommandTests {
  @Test(arguments: S3TestServer.all)
  func commandsArePrinted(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await server.makeBucket()
    let destination = "s3://\(bucket)/reports/"
    let result = try await place.fixacl(
      "plan", bucket, "--inventory-setup", destination, "--prefix", "img/", "--all-versions")
    #expect(result.status == 0, "\(result.err)")
    for words in [
      "aws s3api put-bucket-policy --bucket \(bucket)",
      "aws s3api put-bucket-inventory-configuration --bucket \(bucket)",
      "\"Prefix\":\"img/\"", "\"IncludedObjectVersions\":\"All\"", "ObjectAccessControlList", "48 hours",
      "fixacl plan \(bucket) --inventory s3://\(bucket)/reports/\(bucket)/fixacl/DATE/manifest.json",
    ] {
      #expect(result.out.contains(words), "\(result.out)")
    }
    let json = try await place.fixacl("plan", bucket, "--inventory-setup", destination, "--format", "json")
    let document = try JSONSerialization.jsonObject(with: Data(json.stdout)) as? [String: Any]
    #expect((document?["commands"] as? [String])?.count == 2, "\(json.out)")
    for wrong in [
      ["--inventory-setup", bucket], ["--yes"], ["--inventory-setup", destination, "--inventory", "manifest.json"],
      ["--inventory-setup", destination, "-o", "plan.json"], ["--refresh", "all"],
    ] {
      let refused = try await place.fixacl(["plan", bucket] + wrong)
      #expect(refused.status == 64, "\(wrong): \(refused.err)")
    }
  }
}
