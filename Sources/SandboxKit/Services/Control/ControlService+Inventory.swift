internal import NIOHTTP1
internal import AWSKit

extension ControlService {
  /// Writes the report of an inventory configuration now: of `?bucket=NAME&id=ID`; with `&rows=N` in files of so many rows,
  /// with `&unavailable=GLOB` without the ACL and owner of these keys, with `&time=T` as of then.
  func writeInventory(_ request: SandboxRequest) -> SandboxResponse {
    guard let bucket = state.buckets[request.text("bucket") ?? ""] else {
      return Self.refusal(404, "there is no bucket '\(request.text("bucket") ?? "")'")
    }
    guard let configuration = bucket.inventories[request.text("id") ?? ""] else {
      return Self.refusal(404, "'\(bucket.name)' has no inventory configuration '\(request.text("id") ?? "")'")
    }
    guard configuration.isEnabled else {
      return Self.refusal(409, "the inventory configuration '\(configuration.id)' is not enabled")
    }
    var wanted = InventoryReporter.Wanted(bucket: bucket, configuration: configuration)
    if let rows = request.text("rows") {
      guard let rows = Int(rows), rows > 0 else { return Self.refusal(400, "rows is a number above 0") }
      wanted.rowsPerFile = rows
    }
    if let time = request.text("time") {
      guard let time = Timestamp(extended: time) else { return Self.refusal(400, "time is as 2026-11-26T17:30:00Z") }
      wanted.time = time
    }
    wanted.unavailable = request.text("unavailable").map { Wildcard($0) }
    do throws(ServiceError) {
      return .json(encoding: try InventoryReporter(state: state, s3: s3).write(wanted))
    } catch {
      return Self.refusal(
        error.status,
        error.status == 501 ? error.message : "the report cannot be written: \(error.code): \(error.message)")
    }
  }
}
