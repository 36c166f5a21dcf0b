internal import ArgumentParser
internal import FixACLKit
internal import Synchronization

extension PlanCommand {
  /// Sets up an inventory, or says how.
  func setUp(_ destination: InventoryDestination, _ request: PlanRequest, in place: BucketArgument) async throws {
    guard output == nil else { throw UsageError("--inventory-setup makes no plan: leave out -o.") }
    let setup = InventorySetupWorkflow.Request(
      bucket: request.bucket, prefix: request.filter.prefix, allVersions: request.allVersions,
      destination: destination.bucket, destinationPrefix: destination.prefix, isConfirmed: inventorySetup.yes)
    try await Workflow.run(.none, outputOptions, run) { stop, events in
      var session = try credentials.session(run)
      session.partition = place.partition
      let workflow = InventorySetupWorkflow(setup, session: session)
      let reports = Mutex<InventorySetupReport?>(nil)
      let result = try await workflow.run(stop: stop) { event in
        if case .inventorySetUp(let report) = event { reports.withLock { $0 = report } }
        events(event)
      }
      if let report = reports.withLock({ $0 }) { try InventorySetupView.show(report, format: format) }
      return result
    }
  }
}
