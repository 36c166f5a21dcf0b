import TestSupport
import Testing

@testable import AWSKit

/// The services beside S3: where they are, how they are signed for, and what they answer, as the models that botocore
/// ships have it.
@Suite struct AWSServiceTests {
  private static func bench(
    _ service: AWSService, _ answer: ScriptedAnswer, endpoint: AWSEndpoint = .aws, region: Region = "eu-west-1"
  ) -> (client: AWSClient, transport: ScriptedTransport) {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    let transport = ScriptedTransport([answer])
    return (
      AWSClient(
        service: service, endpoint: endpoint, region: region, credentials: StaticCredentialsProvider(.example()),
        transport: transport, throttle: Throttle(concurrency: 1, policy: policy)), transport
    )
  }

  private static func scope(_ request: HTTPRequest?) -> String {
    let authorization = request?.headers.first { $0.name == "Authorization" }?.value ?? ""
    return authorization.split(separator: "/").dropFirst(2).prefix(2).joined(separator: "/")
  }

  @Test func cloudFrontTellsCanonicalIDs() async throws {
    let (client, transport) = Self.bench(
      .cloudFront,
      .status(
        200,
        """
        <?xml version="1.0"?>
        <CloudFrontOriginAccessIdentity xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>E74FTE3AEXAMPLE</Id>
        <S3CanonicalUserId>cd13868f797c227f</S3CanonicalUserId><CloudFrontOriginAccessIdentityConfig>
        <CallerReference>x</CallerReference><Comment/></CloudFrontOriginAccessIdentityConfig>
        </CloudFrontOriginAccessIdentity>
        """))
    #expect(try await client.canonicalID(ofOriginAccessIdentity: "E74FTE3AEXAMPLE").value == "cd13868f797c227f")
    let request = transport.requests.first
    #expect(
      request?.url
        == "https://cloudfront.amazonaws.com/2020-05-31/origin-access-identity/cloudfront/E74FTE3AEXAMPLE")
    #expect(Self.scope(request) == "us-east-1/cloudfront")
  }

  @Test func cloudFrontTellsOrigins() async throws {
    let (client, transport) = Self.bench(
      .cloudFront,
      .status(
        200,
        """
        <DistributionConfig><Origins><Quantity>3</Quantity><Items>
        <Origin><Id>a</Id><DomainName>a.s3.amazonaws.com</DomainName><S3OriginConfig><OriginAccessIdentity>\
        origin-access-identity/cloudfront/E1</OriginAccessIdentity></S3OriginConfig></Origin>
        <Origin><Id>b</Id><DomainName>b.s3.amazonaws.com</DomainName><S3OriginConfig><OriginAccessIdentity/>\
        </S3OriginConfig><OriginAccessControlId>E2</OriginAccessControlId></Origin>
        <Origin><Id>c</Id><DomainName>example.com</DomainName><CustomOriginConfig/></Origin>
        </Items></Origins></DistributionConfig>
        """))
    #expect(
      try await client.origins(ofDistribution: "E9") == [
        DistributionOrigin(id: "a", domainName: "a.s3.amazonaws.com", originAccessIdentity: "E1"),
        DistributionOrigin(id: "b", domainName: "b.s3.amazonaws.com", originAccessControl: "E2"),
        DistributionOrigin(id: "c", domainName: "example.com"),
      ])
    #expect(
      transport.requests.map(\.url) == ["https://cloudfront.amazonaws.com/2020-05-31/distribution/E9/config"])
  }

  @Test func theirErrorsAreWrapped() async throws {
    let body = """
      <ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Error><Type>Sender</Type>
      <Code>NoSuchCloudFrontOriginAccessIdentity</Code><Message>The specified origin access identity does not exist.\
      </Message></Error><RequestId>c9e6d5a4</RequestId></ErrorResponse>
      """
    let (client, _) = Self.bench(.cloudFront, .status(404, body))
    let error = await #expect(throws: AWSError.self) { _ = try await client.canonicalID(ofOriginAccessIdentity: "E0") }
    #expect(error?.code == "NoSuchCloudFrontOriginAccessIdentity")
    #expect(error?.requestID == "c9e6d5a4")
    #expect(error?.message.hasPrefix("The specified") == true)
  }

  @Test func securityTokenServiceTellsTheAccount() async throws {
    let answer = { (account: String) in
      ScriptedAnswer.status(
        200,
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>"
          + "<Arn>arn:aws:iam::\(account):root</Arn><UserId>x</UserId><Account>\(account)</Account>"
          + "</GetCallerIdentityResult></GetCallerIdentityResponse>")
    }
    let (client, transport) = Self.bench(.sts, answer("111122223333"))
    #expect(try await client.callerIdentity().account == AccountID("111122223333"))
    let request = transport.requests.first
    #expect(request?.method == .post)
    #expect(request?.url == "https://sts.eu-west-1.amazonaws.com/")
    #expect(String(decoding: request?.body ?? [], as: UTF8.self) == "Action=GetCallerIdentity&Version=2011-06-15")
    #expect(Self.scope(request) == "eu-west-1/sts")
    // It would become part of a host's name.
    let error = await #expect(throws: AWSError.self) {
      _ = try await Self.bench(.sts, answer("evil.example/")).client.callerIdentity().account
    }
    #expect(error?.kind == .malformedAnswer)
  }

  @Test func theAccountsPublicAccessBlock() async throws {
    let answer = ScriptedAnswer.status(
      200,
      "<PublicAccessBlockConfiguration xmlns=\"http://awss3control.amazonaws.com/doc/2018-08-20/\">"
        + "<BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>")
    let (client, transport) = Self.bench(.s3Control, answer)
    #expect(try await client.accountPublicAccessBlock(#require(AccountID("111122223333"))).blockPublicAcls)
    let request = transport.requests.first
    #expect(
      request?.url
        == "https://111122223333.s3-control.eu-west-1.amazonaws.com/v20180820/configuration/publicAccessBlock")
    #expect(request?.headers.contains { $0.name == "x-amz-account-id" && $0.value == "111122223333" } == true)
    #expect(Self.scope(request) == "eu-west-1/s3")
    // Elsewhere there is one host for all accounts.
    let endpoint = try #require(AWSEndpoint(url: "http://127.0.0.1:9000/base"))
    let custom = Self.bench(.s3Control, .error(404, "NoSuchPublicAccessBlockConfiguration"), endpoint: endpoint)
    #expect(
      try await custom.client.accountPublicAccessBlock(#require(AccountID("111122223333"))) == PublicAccessBlock())
    #expect(
      custom.transport.requests.map(\.url)
        == ["http://127.0.0.1:9000/base/v20180820/configuration/publicAccessBlock"])
  }

  @Test func endpointsOfEachService() throws {
    let config = """
      [default]
      aws_access_key_id = A
      aws_secret_access_key = s
      services = local
      endpoint_url = http://all
      [services local]
      cloudfront =
        endpoint_url = http://cloudfront
      s3_control =
        endpoint_url = http://control
      """
    func endpoints(_ variables: [String: String], explicit: String? = nil) throws -> [String] {
      let settings = try AWSEnvironment.testing(variables, config: config).settings(endpointURL: explicit)
      return [settings.endpointURL?.value ?? "-"]
        + [AWSService.cloudFront, .sts, .s3Control].map { settings.otherEndpointURLs[$0]?.value ?? "-" }
    }
    #expect(try endpoints([:]) == ["http://all", "http://cloudfront", "http://all", "http://control"])
    #expect(
      try endpoints([:], explicit: "http://s3") == ["http://s3", "http://cloudfront", "http://all", "http://control"])
    #expect(
      try endpoints(["AWS_ENDPOINT_URL_S3": "http://1", "AWS_ENDPOINT_URL_STS": "http://2"])
        == ["http://1", "http://cloudfront", "http://2", "http://control"])
    #expect(
      try endpoints([
        "AWS_ENDPOINT_URL": "http://e", "AWS_ENDPOINT_URL_CLOUDFRONT": "http://3",
        "AWS_ENDPOINT_URL_S3_CONTROL": "http://4",
      ]) == ["http://e", "http://3", "http://e", "http://4"])
    #expect(try endpoints(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]) == ["-", "-", "-", "-"])
  }
}
