import TestSupport
import Testing

@testable import AWSKit

/// The hosts of each service in each partition, as the endpoint rules that the AWS CLI ships give them.
@Suite struct AWSServiceHostTests {
  /// For each: no variant, FIPS, dual-stack, both; nil where AWS has none.
  static let hosts: [(AWSService, Region, [String?])] = [
    (
      .s3, "eu-west-1",
      [
        "s3.eu-west-1.amazonaws.com", "s3-fips.eu-west-1.amazonaws.com",
        "s3.dualstack.eu-west-1.amazonaws.com", "s3-fips.dualstack.eu-west-1.amazonaws.com",
      ]
    ),
    (
      .s3, "cn-north-1",
      [
        "s3.cn-north-1.amazonaws.com.cn", nil,
        "s3.dualstack.cn-north-1.amazonaws.com.cn", nil,
      ]
    ),
    (
      .s3, "us-gov-west-1",
      [
        "s3.us-gov-west-1.amazonaws.com", "s3-fips.us-gov-west-1.amazonaws.com",
        "s3.dualstack.us-gov-west-1.amazonaws.com", "s3-fips.dualstack.us-gov-west-1.amazonaws.com",
      ]
    ),
    (
      .s3, "us-iso-east-1",
      [
        "s3.us-iso-east-1.c2s.ic.gov", "s3-fips.us-iso-east-1.c2s.ic.gov",
        "s3.dualstack.us-iso-east-1.c2s.ic.gov", "s3-fips.dualstack.us-iso-east-1.c2s.ic.gov",
      ]
    ),
    (
      .s3, "us-isob-east-1",
      [
        "s3.us-isob-east-1.sc2s.sgov.gov", "s3-fips.us-isob-east-1.sc2s.sgov.gov",
        "s3.dualstack.us-isob-east-1.sc2s.sgov.gov", "s3-fips.dualstack.us-isob-east-1.sc2s.sgov.gov",
      ]
    ),
    (
      .s3, "eu-isoe-west-1",
      [
        "s3.eu-isoe-west-1.cloud.adc-e.uk", "s3-fips.eu-isoe-west-1.cloud.adc-e.uk",
        "s3.dualstack.eu-isoe-west-1.cloud.adc-e.uk", "s3-fips.dualstack.eu-isoe-west-1.cloud.adc-e.uk",
      ]
    ),
    (
      .s3, "us-isof-south-1",
      [
        "s3.us-isof-south-1.csp.hci.ic.gov", "s3-fips.us-isof-south-1.csp.hci.ic.gov",
        "s3.dualstack.us-isof-south-1.csp.hci.ic.gov", "s3-fips.dualstack.us-isof-south-1.csp.hci.ic.gov",
      ]
    ),
    (
      .s3, "eusc-de-east-1",
      [
        "s3.eusc-de-east-1.amazonaws.eu", "s3-fips.eusc-de-east-1.amazonaws.eu",
        "s3.dualstack.eusc-de-east-1.amazonaws.eu", "s3-fips.dualstack.eusc-de-east-1.amazonaws.eu",
      ]
    ),
    (
      .s3Control, "eu-west-1",
      [
        "s3-control.eu-west-1.amazonaws.com", "s3-control-fips.eu-west-1.amazonaws.com",
        "s3-control.dualstack.eu-west-1.amazonaws.com", "s3-control-fips.dualstack.eu-west-1.amazonaws.com",
      ]
    ),
    (
      .s3Control, "cn-north-1",
      [
        "s3-control.cn-north-1.amazonaws.com.cn", nil,
        "s3-control.dualstack.cn-north-1.amazonaws.com.cn", nil,
      ]
    ),
    (
      .s3Control, "us-gov-west-1",
      [
        "s3-control.us-gov-west-1.amazonaws.com", "s3-control-fips.us-gov-west-1.amazonaws.com",
        "s3-control.dualstack.us-gov-west-1.amazonaws.com", "s3-control-fips.dualstack.us-gov-west-1.amazonaws.com",
      ]
    ),
    (
      .s3Control, "us-iso-east-1",
      [
        "s3-control.us-iso-east-1.c2s.ic.gov", "s3-control-fips.us-iso-east-1.c2s.ic.gov",
        "s3-control.dualstack.us-iso-east-1.c2s.ic.gov", "s3-control-fips.dualstack.us-iso-east-1.c2s.ic.gov",
      ]
    ),
    (
      .s3Control, "us-isob-east-1",
      [
        "s3-control.us-isob-east-1.sc2s.sgov.gov", "s3-control-fips.us-isob-east-1.sc2s.sgov.gov",
        "s3-control.dualstack.us-isob-east-1.sc2s.sgov.gov", "s3-control-fips.dualstack.us-isob-east-1.sc2s.sgov.gov",
      ]
    ),
    (
      .s3Control, "eu-isoe-west-1",
      [
        "s3-control.eu-isoe-west-1.cloud.adc-e.uk", "s3-control-fips.eu-isoe-west-1.cloud.adc-e.uk",
        "s3-control.dualstack.eu-isoe-west-1.cloud.adc-e.uk", "s3-control-fips.dualstack.eu-isoe-west-1.cloud.adc-e.uk",
      ]
    ),
    (
      .s3Control, "us-isof-south-1",
      [
        "s3-control.us-isof-south-1.csp.hci.ic.gov", "s3-control-fips.us-isof-south-1.csp.hci.ic.gov",
        "s3-control.dualstack.us-isof-south-1.csp.hci.ic.gov",
        "s3-control-fips.dualstack.us-isof-south-1.csp.hci.ic.gov",
      ]
    ),
    (
      .s3Control, "eusc-de-east-1",
      [
        "s3-control.eusc-de-east-1.amazonaws.eu", "s3-control-fips.eusc-de-east-1.amazonaws.eu",
        "s3-control.dualstack.eusc-de-east-1.amazonaws.eu", "s3-control-fips.dualstack.eusc-de-east-1.amazonaws.eu",
      ]
    ),
    (
      .sts, "eu-west-1",
      [
        "sts.eu-west-1.amazonaws.com", "sts-fips.eu-west-1.amazonaws.com",
        "sts.eu-west-1.api.aws", "sts-fips.eu-west-1.api.aws",
      ]
    ),
    (
      .sts, "cn-north-1",
      [
        "sts.cn-north-1.amazonaws.com.cn", "sts-fips.cn-north-1.amazonaws.com.cn",
        "sts.cn-north-1.api.amazonwebservices.com.cn", "sts-fips.cn-north-1.api.amazonwebservices.com.cn",
      ]
    ),
    (
      .sts, "us-gov-west-1",
      [
        "sts.us-gov-west-1.amazonaws.com", "sts.us-gov-west-1.amazonaws.com",
        "sts.us-gov-west-1.api.aws", "sts-fips.us-gov-west-1.api.aws",
      ]
    ),
    (
      .sts, "us-iso-east-1",
      [
        "sts.us-iso-east-1.c2s.ic.gov", "sts-fips.us-iso-east-1.c2s.ic.gov",
        "sts.us-iso-east-1.api.aws.ic.gov", "sts-fips.us-iso-east-1.api.aws.ic.gov",
      ]
    ),
    (
      .sts, "us-isob-east-1",
      [
        "sts.us-isob-east-1.sc2s.sgov.gov", "sts-fips.us-isob-east-1.sc2s.sgov.gov",
        "sts.us-isob-east-1.api.aws.scloud", "sts-fips.us-isob-east-1.api.aws.scloud",
      ]
    ),
    (
      .sts, "eu-isoe-west-1",
      [
        "sts.eu-isoe-west-1.cloud.adc-e.uk", "sts-fips.eu-isoe-west-1.cloud.adc-e.uk",
        "sts.eu-isoe-west-1.api.cloud-aws.adc-e.uk", "sts-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
      ]
    ),
    (
      .sts, "us-isof-south-1",
      [
        "sts.us-isof-south-1.csp.hci.ic.gov", "sts-fips.us-isof-south-1.csp.hci.ic.gov",
        "sts.us-isof-south-1.api.aws.hci.ic.gov", "sts-fips.us-isof-south-1.api.aws.hci.ic.gov",
      ]
    ),
    (
      .sts, "eusc-de-east-1",
      [
        "sts.eusc-de-east-1.amazonaws.eu", "sts-fips.eusc-de-east-1.amazonaws.eu",
        "sts.eusc-de-east-1.api.amazonwebservices.eu", "sts-fips.eusc-de-east-1.api.amazonwebservices.eu",
      ]
    ),
    (
      .cloudFront, "eu-west-1",
      [
        "cloudfront.amazonaws.com", "cloudfront-fips.amazonaws.com",
        "cloudfront.global.api.aws", "cloudfront-fips.global.api.aws",
      ]
    ),
    (
      .cloudFront, "cn-north-1",
      [
        "cloudfront.cn-northwest-1.amazonaws.com.cn", "cloudfront-fips.cn-northwest-1.amazonaws.com.cn",
        "cloudfront.api.amazonwebservices.com.cn", "cloudfront-fips.api.amazonwebservices.com.cn",
      ]
    ),
    (
      .cloudFront, "us-gov-west-1",
      [
        "cloudfront.amazonaws.com", "cloudfront-fips.amazonaws.com",
        "cloudfront.api.aws", "cloudfront-fips.api.aws",
      ]
    ),
    (
      .cloudFront, "us-iso-east-1",
      [
        "cloudfront.c2s.ic.gov", "cloudfront-fips.c2s.ic.gov",
        "cloudfront.api.aws.ic.gov", "cloudfront-fips.api.aws.ic.gov",
      ]
    ),
    (
      .cloudFront, "us-isob-east-1",
      [
        "cloudfront.sc2s.sgov.gov", "cloudfront-fips.sc2s.sgov.gov",
        "cloudfront.api.aws.scloud", "cloudfront-fips.api.aws.scloud",
      ]
    ),
    (
      .cloudFront, "eu-isoe-west-1",
      [
        "cloudfront.cloud.adc-e.uk", "cloudfront-fips.cloud.adc-e.uk",
        "cloudfront.api.cloud-aws.adc-e.uk", "cloudfront-fips.api.cloud-aws.adc-e.uk",
      ]
    ),
    (
      .cloudFront, "us-isof-south-1",
      [
        "cloudfront.csp.hci.ic.gov", "cloudfront-fips.csp.hci.ic.gov",
        "cloudfront.api.aws.hci.ic.gov", "cloudfront-fips.api.aws.hci.ic.gov",
      ]
    ),
    (
      .cloudFront, "eusc-de-east-1",
      [
        "cloudfront.amazonaws.eu", "cloudfront-fips.amazonaws.eu",
        "cloudfront.api.amazonwebservices.eu", "cloudfront-fips.api.amazonwebservices.eu",
      ]
    ),
    (
      .sso, "eu-west-1",
      [
        "portal.sso.eu-west-1.amazonaws.com", "portal.sso-fips.eu-west-1.amazonaws.com",
        "portal.sso.eu-west-1.api.aws", "portal.sso-fips.eu-west-1.api.aws",
      ]
    ),
    (
      .sso, "cn-north-1",
      [
        "portal.sso.cn-north-1.amazonaws.com.cn", "portal.sso-fips.cn-north-1.amazonaws.com.cn",
        "portal.sso.cn-north-1.api.amazonwebservices.com.cn", "portal.sso-fips.cn-north-1.api.amazonwebservices.com.cn",
      ]
    ),
    (
      .sso, "us-gov-west-1",
      [
        "portal.sso.us-gov-west-1.amazonaws.com", "portal.sso.us-gov-west-1.amazonaws.com",
        "portal.sso.us-gov-west-1.api.aws", "portal.sso-fips.us-gov-west-1.api.aws",
      ]
    ),
    (
      .sso, "us-iso-east-1",
      [
        "portal.sso.us-iso-east-1.c2s.ic.gov", "portal.sso-fips.us-iso-east-1.c2s.ic.gov",
        "portal.sso.us-iso-east-1.api.aws.ic.gov", "portal.sso-fips.us-iso-east-1.api.aws.ic.gov",
      ]
    ),
    (
      .sso, "us-isob-east-1",
      [
        "portal.sso.us-isob-east-1.sc2s.sgov.gov", "portal.sso-fips.us-isob-east-1.sc2s.sgov.gov",
        "portal.sso.us-isob-east-1.api.aws.scloud", "portal.sso-fips.us-isob-east-1.api.aws.scloud",
      ]
    ),
    (
      .sso, "eu-isoe-west-1",
      [
        "portal.sso.eu-isoe-west-1.cloud.adc-e.uk", "portal.sso-fips.eu-isoe-west-1.cloud.adc-e.uk",
        "portal.sso.eu-isoe-west-1.api.cloud-aws.adc-e.uk", "portal.sso-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
      ]
    ),
    (
      .sso, "us-isof-south-1",
      [
        "portal.sso.us-isof-south-1.csp.hci.ic.gov", "portal.sso-fips.us-isof-south-1.csp.hci.ic.gov",
        "portal.sso.us-isof-south-1.api.aws.hci.ic.gov", "portal.sso-fips.us-isof-south-1.api.aws.hci.ic.gov",
      ]
    ),
    (
      .sso, "eusc-de-east-1",
      [
        "portal.sso.eusc-de-east-1.amazonaws.eu", "portal.sso-fips.eusc-de-east-1.amazonaws.eu",
        "portal.sso.eusc-de-east-1.api.amazonwebservices.eu", "portal.sso-fips.eusc-de-east-1.api.amazonwebservices.eu",
      ]
    ),
    (
      .ssoOIDC, "eu-west-1",
      [
        "oidc.eu-west-1.amazonaws.com", "oidc-fips.eu-west-1.amazonaws.com",
        "oidc.eu-west-1.api.aws", "oidc-fips.eu-west-1.api.aws",
      ]
    ),
    (
      .ssoOIDC, "cn-north-1",
      [
        "oidc.cn-north-1.amazonaws.com.cn", "oidc-fips.cn-north-1.amazonaws.com.cn",
        "oidc.cn-north-1.api.amazonwebservices.com.cn", "oidc-fips.cn-north-1.api.amazonwebservices.com.cn",
      ]
    ),
    (
      .ssoOIDC, "us-gov-west-1",
      [
        "oidc.us-gov-west-1.amazonaws.com", "oidc.us-gov-west-1.amazonaws.com",
        "oidc.us-gov-west-1.api.aws", "oidc-fips.us-gov-west-1.api.aws",
      ]
    ),
    (
      .ssoOIDC, "us-iso-east-1",
      [
        "oidc.us-iso-east-1.c2s.ic.gov", "oidc-fips.us-iso-east-1.c2s.ic.gov",
        "oidc.us-iso-east-1.api.aws.ic.gov", "oidc-fips.us-iso-east-1.api.aws.ic.gov",
      ]
    ),
    (
      .ssoOIDC, "us-isob-east-1",
      [
        "oidc.us-isob-east-1.sc2s.sgov.gov", "oidc-fips.us-isob-east-1.sc2s.sgov.gov",
        "oidc.us-isob-east-1.api.aws.scloud", "oidc-fips.us-isob-east-1.api.aws.scloud",
      ]
    ),
    (
      .ssoOIDC, "eu-isoe-west-1",
      [
        "oidc.eu-isoe-west-1.cloud.adc-e.uk", "oidc-fips.eu-isoe-west-1.cloud.adc-e.uk",
        "oidc.eu-isoe-west-1.api.cloud-aws.adc-e.uk", "oidc-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
      ]
    ),
    (
      .ssoOIDC, "us-isof-south-1",
      [
        "oidc.us-isof-south-1.csp.hci.ic.gov", "oidc-fips.us-isof-south-1.csp.hci.ic.gov",
        "oidc.us-isof-south-1.api.aws.hci.ic.gov", "oidc-fips.us-isof-south-1.api.aws.hci.ic.gov",
      ]
    ),
    (
      .ssoOIDC, "eusc-de-east-1",
      [
        "oidc.eusc-de-east-1.amazonaws.eu", "oidc-fips.eusc-de-east-1.amazonaws.eu",
        "oidc.eusc-de-east-1.api.amazonwebservices.eu", "oidc-fips.eusc-de-east-1.api.amazonwebservices.eu",
      ]
    ),
    (
      .signIn, "eu-west-1",
      [
        "eu-west-1.signin.aws.amazon.com", "signin-fips.eu-west-1.amazonaws.com",
        "signin.eu-west-1.api.aws", "signin-fips.eu-west-1.api.aws",
      ]
    ),
    (
      .signIn, "cn-north-1",
      [
        "cn-north-1.signin.amazonaws.cn", "signin-fips.cn-north-1.amazonaws.com.cn",
        "signin.cn-north-1.api.amazonwebservices.com.cn", "signin-fips.cn-north-1.api.amazonwebservices.com.cn",
      ]
    ),
    (
      .signIn, "us-gov-west-1",
      [
        "us-gov-west-1.signin.amazonaws-us-gov.com", "signin-fips.amazonaws-us-gov.com",
        "signin.us-gov-west-1.api.aws", "signin-fips.us-gov-west-1.api.aws",
      ]
    ),
    (
      .signIn, "us-iso-east-1",
      [
        "us-iso-east-1.signin.c2shome.ic.gov", "signin-fips.us-iso-east-1.c2s.ic.gov",
        "signin.us-iso-east-1.api.aws.ic.gov", "signin-fips.us-iso-east-1.api.aws.ic.gov",
      ]
    ),
    (
      .signIn, "us-isob-east-1",
      [
        "us-isob-east-1.signin.sc2shome.sgov.gov", "signin-fips.us-isob-east-1.sc2s.sgov.gov",
        "signin.us-isob-east-1.api.aws.scloud", "signin-fips.us-isob-east-1.api.aws.scloud",
      ]
    ),
    (
      .signIn, "eu-isoe-west-1",
      [
        "eu-isoe-west-1.signin.csphome.adc-e.uk", "signin-fips.eu-isoe-west-1.cloud.adc-e.uk",
        "signin.eu-isoe-west-1.api.cloud-aws.adc-e.uk", "signin-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
      ]
    ),
    (
      .signIn, "us-isof-south-1",
      [
        "us-isof-south-1.signin.csphome.hci.ic.gov", "signin-fips.us-isof-south-1.csp.hci.ic.gov",
        "signin.us-isof-south-1.api.aws.hci.ic.gov", "signin-fips.us-isof-south-1.api.aws.hci.ic.gov",
      ]
    ),
    (
      .signIn, "eusc-de-east-1",
      [
        "eusc-de-east-1.signin.amazonaws-eusc.eu", "signin-fips.eusc-de-east-1.amazonaws.eu",
        "signin.eusc-de-east-1.api.amazonwebservices.eu", "signin-fips.eusc-de-east-1.api.amazonwebservices.eu",
      ]
    ),
    (
      .kms, "eu-west-1",
      [
        "kms.eu-west-1.amazonaws.com", "kms-fips.eu-west-1.amazonaws.com",
        "kms.eu-west-1.api.aws", "kms-fips.eu-west-1.api.aws",
      ]
    ),
    (
      .kms, "cn-north-1",
      [
        "kms.cn-north-1.amazonaws.com.cn", nil,
        "kms.cn-north-1.api.amazonwebservices.com.cn", nil,
      ]
    ),
    (
      .kms, "us-gov-east-1",
      [
        "kms.us-gov-east-1.amazonaws.com", "kms-fips.us-gov-east-1.amazonaws.com",
        "kms.us-gov-east-1.api.aws", "kms-fips.us-gov-east-1.api.aws",
      ]
    ),
    (
      .kms, "us-gov-west-1",
      [
        "kms.us-gov-west-1.amazonaws.com", "kms-fips.us-gov-west-1.amazonaws.com",
        "kms.us-gov-west-1.api.aws", "kms-fips.us-gov-west-1.api.aws",
      ]
    ),
    (
      .kms, "us-iso-west-1",
      [
        "kms.us-iso-west-1.c2s.ic.gov", "kms-fips.us-iso-west-1.c2s.ic.gov",
        "kms.us-iso-west-1.api.aws.ic.gov", "kms-fips.us-iso-west-1.api.aws.ic.gov",
      ]
    ),
    (
      .kms, "us-isob-east-1",
      [
        "kms.us-isob-east-1.sc2s.sgov.gov", "kms-fips.us-isob-east-1.sc2s.sgov.gov",
        "kms.us-isob-east-1.api.aws.scloud", "kms-fips.us-isob-east-1.api.aws.scloud",
      ]
    ),
    (
      .kms, "eu-isoe-west-1",
      [
        "kms.eu-isoe-west-1.cloud.adc-e.uk", "kms-fips.eu-isoe-west-1.cloud.adc-e.uk",
        "kms.eu-isoe-west-1.api.cloud-aws.adc-e.uk", "kms-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
      ]
    ),
    (
      .kms, "us-isof-south-1",
      [
        "kms.us-isof-south-1.csp.hci.ic.gov", "kms-fips.us-isof-south-1.csp.hci.ic.gov",
        "kms.us-isof-south-1.api.aws.hci.ic.gov", "kms-fips.us-isof-south-1.api.aws.hci.ic.gov",
      ]
    ),
    (
      .kms, "eusc-de-east-1",
      [
        "kms.eusc-de-east-1.amazonaws.eu", "kms-fips.eusc-de-east-1.amazonaws.eu",
        "kms.eusc-de-east-1.api.amazonwebservices.eu", "kms-fips.eusc-de-east-1.api.amazonwebservices.eu",
      ]
    ),
    (
      .iam, "eu-west-1",
      [
        "iam.amazonaws.com", "iam-fips.amazonaws.com",
        "iam.global.api.aws", "iam-fips.global.api.aws",
      ]
    ),
    (
      .iam, "cn-north-1",
      [
        "iam.cn-north-1.amazonaws.com.cn", nil,
        "iam.global.api.amazonwebservices.com.cn", nil,
      ]
    ),
    (
      .iam, "us-gov-east-1",
      [
        "iam.us-gov.amazonaws.com", "iam.us-gov.amazonaws.com",
        "iam.us-gov.api.aws", "iam.us-gov.api.aws",
      ]
    ),
    (
      .iam, "us-gov-west-1",
      [
        "iam.us-gov.amazonaws.com", "iam.us-gov.amazonaws.com",
        "iam.us-gov.api.aws", "iam.us-gov.api.aws",
      ]
    ),
    (
      .iam, "us-iso-west-1",
      [
        "iam.us-iso-east-1.c2s.ic.gov", "iam-fips.us-iso-east-1.c2s.ic.gov",
        "iam.api.aws.ic.gov", "iam-fips.api.aws.ic.gov",
      ]
    ),
    (
      .iam, "us-isob-east-1",
      [
        "iam.us-isob-east-1.sc2s.sgov.gov", "iam-fips.us-isob-east-1.sc2s.sgov.gov",
        "iam.api.aws.scloud", "iam-fips.api.aws.scloud",
      ]
    ),
    (
      .iam, "eu-isoe-west-1",
      [
        "iam.eu-isoe-west-1.cloud.adc-e.uk", "iam-fips.cloud.adc-e.uk",
        "iam.api.cloud-aws.adc-e.uk", "iam-fips.api.cloud-aws.adc-e.uk",
      ]
    ),
    (
      .iam, "us-isof-south-1",
      [
        "iam.us-isof-south-1.csp.hci.ic.gov", "iam-fips.csp.hci.ic.gov",
        "iam.api.aws.hci.ic.gov", "iam-fips.api.aws.hci.ic.gov",
      ]
    ),
    (
      .iam, "eusc-de-east-1",
      [
        "iam.eusc-de-east-1.amazonaws.eu", "iam-fips.amazonaws.eu",
        "iam.global.api.amazonwebservices.eu", "iam-fips.api.amazonwebservices.eu",
      ]
    ),
    (
      .organizations, "eu-west-1",
      [
        "organizations.us-east-1.amazonaws.com", "organizations-fips.us-east-1.amazonaws.com",
        "organizations.us-east-1.api.aws", "organizations-fips.us-east-1.api.aws",
      ]
    ),
    (
      .organizations, "cn-north-1",
      [
        "organizations.cn-northwest-1.amazonaws.com.cn", nil,
        "organizations.cn-northwest-1.api.amazonwebservices.com.cn", nil,
      ]
    ),
    (
      .organizations, "us-gov-east-1",
      [
        "organizations.us-gov-west-1.amazonaws.com", "organizations.us-gov-west-1.amazonaws.com",
        "organizations.us-gov-west-1.api.aws", "organizations.us-gov-west-1.api.aws",
      ]
    ),
    (
      .organizations, "us-gov-west-1",
      [
        "organizations.us-gov-west-1.amazonaws.com", "organizations.us-gov-west-1.amazonaws.com",
        "organizations.us-gov-west-1.api.aws", "organizations.us-gov-west-1.api.aws",
      ]
    ),
    (
      .organizations, "us-iso-west-1",
      [
        "organizations.us-iso-east-1.c2s.ic.gov", "organizations-fips.us-iso-east-1.c2s.ic.gov",
        "organizations.us-iso-east-1.api.aws.ic.gov", "organizations-fips.us-iso-east-1.api.aws.ic.gov",
      ]
    ),
    (
      .organizations, "us-isob-east-1",
      [
        "organizations.us-isob-east-1.sc2s.sgov.gov", "organizations-fips.us-isob-east-1.sc2s.sgov.gov",
        "organizations.us-isob-east-1.api.aws.scloud", "organizations-fips.us-isob-east-1.api.aws.scloud",
      ]
    ),
    (
      .organizations, "eu-isoe-west-1",
      [
        "organizations.eu-isoe-west-1.cloud.adc-e.uk", "organizations-fips.eu-isoe-west-1.cloud.adc-e.uk",
        "organizations.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
        "organizations-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
      ]
    ),
    (
      .organizations, "us-isof-south-1",
      [
        "organizations.us-isof-south-1.csp.hci.ic.gov", "organizations-fips.us-isof-south-1.csp.hci.ic.gov",
        "organizations.us-isof-south-1.api.aws.hci.ic.gov", "organizations-fips.us-isof-south-1.api.aws.hci.ic.gov",
      ]
    ),
    (
      .organizations, "eusc-de-east-1",
      [
        "organizations.eusc-de-east-1.amazonaws.eu", "organizations-fips.eusc-de-east-1.amazonaws.eu",
        "organizations.eusc-de-east-1.api.amazonwebservices.eu",
        "organizations-fips.eusc-de-east-1.api.amazonwebservices.eu",
      ]
    ),
  ]

  @Test(arguments: hosts) func hostOfAVariant(_ row: (service: AWSService, region: Region, hosts: [String?])) {
    let variants: [EndpointVariant] = [[], .fips, .dualStack, [.fips, .dualStack]]
    for (variant, host) in zip(variants, row.hosts) {
      guard let host else { continue }
      #expect(row.service.host(region: row.region, variant) == host)
    }
  }

  @Test func theRegionsOfGovCloudHaveFIPSHostsOfSignInOfTheirOwn() {
    #expect(AWSService.signIn.host(region: "us-gov-west-1", .fips) == "signin-fips.amazonaws-us-gov.com")
    #expect(AWSService.signIn.host(region: "us-gov-east-1", .fips) == "us-gov-east-1.signin-fips.amazonaws-us-gov.com")
  }

  @Test func fipsIsMissingInOnePartition() {
    #expect(Partition.all.filter { !$0.hasFIPS }.map(\.name) == ["aws-cn"])
  }

  @Test func cloudFrontSignsForOneRegionOfEachPartition() {
    let regions: [(Region, Region)] = [
      ("eu-west-1", "us-east-1"), ("cn-north-1", "cn-northwest-1"), ("us-gov-east-1", "us-gov-west-1"),
      ("us-iso-west-1", "us-iso-east-1"), ("us-isob-west-1", "us-isob-east-1"), ("eu-isoe-west-1", "eu-isoe-west-1"),
      ("us-isof-east-1", "us-isof-south-1"), ("eusc-de-east-1", "eusc-de-east-1"),
    ]
    for (region, signed) in regions {
      #expect(AWSService.cloudFront.signingRegion(region) == signed)
      #expect(AWSService.sts.signingRegion(region) == region)
    }
  }

  @Test func anARNNamesItsPartition() {
    for partition in Partition.all {
      #expect(Partition.of(arn: "arn:\(partition.name):iam::111122223333:role/r") == partition)
    }
    for text in ["", "arn", "arn:aws", "arn:aws-mars:iam::1:role/r", "role/r", "urn:aws:iam::1:role/r"] {
      #expect(Partition.of(arn: text) == nil)
    }
  }
}
