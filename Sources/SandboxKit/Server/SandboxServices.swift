internal import Synchronization

/// All services, around one state. Not thread-safe.
final class SandboxServices {
  let state: SandboxState
  let s3: S3Service
  let batch: BatchRunner
  let cloudFront: CloudFrontService
  let viewer: ViewerService
  let sts: STSService
  let control: ControlService
  let sso: SSOPortalService
  let ssoOIDC: SSOOIDCService
  let signin: SigninService
  let instance: InstanceMetadataService
  let container: ContainerCredentialsService
  let kms: KMSService
  let iam: IAMService
  let organizations: OrganizationsService

  init(_ configuration: Sandbox.Configuration) {
    state = SandboxState(settings: configuration.settings, accounts: configuration.accounts, seed: configuration.seed)
    state.counters = Counters(countsKeys: configuration.countsKeys)
    state.faults.delay = configuration.delay
    state.faults.rules = configuration.faults
    state.faults.limits = configuration.limits
    for bucket in configuration.virtualBuckets { state.add(bucket) }
    s3 = S3Service(state: state)
    batch = BatchRunner(state: state, s3: s3)
    cloudFront = CloudFrontService(state: state)
    viewer = ViewerService(state: state, s3: s3)
    sts = STSService(state: state)
    control = ControlService(state: state, s3: s3)
    sso = SSOPortalService(state: state)
    ssoOIDC = SSOOIDCService(state: state)
    signin = SigninService(state: state)
    instance = InstanceMetadataService(state: state)
    container = ContainerCredentialsService(state: state)
    kms = KMSService(state: state)
    iam = IAMService(state: state)
    organizations = OrganizationsService(state: state)
  }
}

/// The services, one caller at a time.
final class SharedServices: Sendable {
  private let services: Mutex<SandboxServices>

  init(_ configuration: Sandbox.Configuration) {
    services = Mutex(SandboxServices(configuration))
  }

  func withLock<Result: Sendable>(_ body: (SandboxServices) -> Result) -> Result { services.withLock { body($0) } }
}

extension SandboxState {
  /// - Precondition: there are the accounts `site` and `tools`.
  fileprivate func add(_ bucket: Sandbox.VirtualBucket) {
    let (owner, objects) = bucket.objects(among: accounts)
    buckets[bucket.name] = SandboxBucket(
      name: bucket.name, owner: owner, region: settings.region, createdAt: VirtualObjects.lastModified,
      virtual: objects)
  }
}

extension Sandbox.VirtualBucket {
  /// - Precondition: there are the accounts `site` and `tools`.
  func objects(among accounts: AccountDirectory) -> (owner: SandboxAccount, VirtualObjects) {
    guard let site = accounts["site"], let tools = accounts["tools"] else { preconditionFailure("no site, no tools") }
    let others = accounts.accounts.filter { $0 != site && $0 != tools }.map(\.canonicalID)
    return (
      site,
      VirtualObjects(
        count: count, shape: shape, foreignShare: foreignShare, aclCount: aclCount, bucketOwner: site.canonicalID,
        foreignOwner: tools.canonicalID, others: others)
    )
  }
}
