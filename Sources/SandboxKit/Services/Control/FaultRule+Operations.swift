extension FaultRule {
  /// Reads the list that `--faults` names and `PUT CONTROL/faults` takes, for the operations of all services.
  package static func list(parsing bytes: [UInt8]) throws(InputFileError) -> [FaultRule] {
    try list(
      parsing: bytes,
      operations: Set(
        S3Operation.all.map(\.name) + CloudFrontCall.Operation.allCases.map(\.rawValue)
          + STSCall.Action.allCases.map(\.rawValue) + SSOPortalService.operations + SSOOIDCService.operations
          + SigninService.operations + InstanceMetadataService.operations + ContainerCredentialsService.operations
          + KMSService.Operation.allCases.map(\.rawValue) + IAMService.operations + OrganizationsService.operations
          + [ViewerService.operation]))
  }
}
