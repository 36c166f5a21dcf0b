internal import AWSKit

extension CloudFrontService {
  func createInvalidation(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let distribution = try existingDistribution(call)
    let batch = try call.document("InvalidationBatch")
    guard let reference = batch["CallerReference"]?.text, batch["Paths"] != nil else { throw .malformedXML }
    guard batch.hasConsistentQuantities else { throw .inconsistentQuantities }
    let paths = batch["Paths"]?["Items"]?.children.map(\.text) ?? []
    guard !paths.isEmpty, paths.allSatisfy(Self.isPath) else {
      throw .invalidArgument("Your request contains one or more invalid invalidation paths.")
    }
    let earlier = state.cloudFront.invalidations[distribution.id] ?? []
    if let existing = earlier.first(where: { $0.callerReference == reference }) {
      guard existing.paths == paths else {
        throw ServiceError(
          409, "InvalidationBatchAlreadyExists",
          "The caller reference that you are using to create an invalidation batch is already associated with another "
            + "batch. Existing invalidation ID: \(existing.id)")
      }
      return created(existing, of: distribution)
    }
    let inProgress = earlier.filter { $0.isInProgress(at: call.now) }.flatMap(\.paths) + paths
    guard inProgress.count <= 3000, inProgress.count(where: { $0.hasSuffix("*") }) <= 15 else {
      throw ServiceError(
        400, "TooManyInvalidationsInProgress",
        "Processing your request will cause you to exceed the maximum number of in-progress invalidations.")
    }
    let invalidation = Invalidation(
      id: state.newID(prefix: "I", length: 13), callerReference: reference, paths: paths, createTime: call.now,
      endTime: Timestamp(seconds: call.now.seconds + state.cloudFront.edge.invalidationSeconds))
    state.cloudFront.invalidations[distribution.id] = [invalidation] + earlier
    state.cloudFront.errorCache.invalidate(paths, of: distribution.id)
    return created(invalidation, of: distribution)
  }

  /// Developer Guide: "Invalidate files to remove content", "Specify the files to invalidate".
  private static func isPath(_ text: String) -> Bool {
    text.hasPrefix("/") && text.utf8.count <= 4000 && !text.dropLast().contains("*")
  }

  private func created(_ invalidation: Invalidation, of distribution: Distribution) -> SandboxResponse {
    .cloudFront(
      "Invalidation", status: 201,
      location: location("distribution/\(distribution.id)/invalidation/\(invalidation.id)"),
      invalidation.write)
  }

  func getInvalidation(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let distribution = try existingDistribution(call)
    guard let invalidation = state.cloudFront.invalidations[distribution.id]?.first(where: { $0.id == call.ids[1] })
    else { throw ServiceError(404, "NoSuchInvalidation", "The specified invalidation does not exist.") }
    return .cloudFront("Invalidation", invalidation.write)
  }

  func listInvalidations(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let distribution = try existingDistribution(call)
    let invalidations = state.cloudFront.invalidations[distribution.id] ?? []
    return try CloudFrontPage(of: invalidations, for: call.request).response("InvalidationList") { item, writer in
      writer.element("InvalidationSummary", item.writeSummary)
    }
  }
}
