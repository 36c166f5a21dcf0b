import Testing

@testable import FixACLKit
@testable import fixacl

/// How a bucket is written, and what else people write in its place.
@Suite struct BucketArgumentTests {
  @Test(
    arguments: [
      ("site", "site", nil), ("site/", "site", nil), ("My_Old.Bucket", "My_Old.Bucket", nil),
      ("s3://site", "site", nil),
      ("s3://site/", "site", nil), ("S3://site", "site", nil), ("s3://site/img", "site", "img"),
      ("s3://site/img/", "site", "img/"), ("s3://site//img", "site", "/img"), ("s3://site/a b/ü", "site", "a b/ü"),
      ("arn:aws:s3:::site", "site", nil), ("arn:aws-cn:s3:::site", "site", nil),
      ("arn:aws-us-gov:s3:::site.example", "site.example", nil), ("s3://arn:aws:s3:::site", "site", nil),
      ("arn:aws-iso:s3:::site", "site", nil), ("arn:aws-iso-b:s3:::site", "site", nil),
      ("arn:aws-iso-e:s3:::site", "site", nil), ("arn:aws-iso-f:s3:::site", "site", nil),
      ("arn:aws-eusc:s3:::site/*", "site", nil), ("arn:aws:s3:::site/img/*", "site", "img/"),
      ("arn:aws:s3:::site/a:b/\u{e9}*", "site", "a:b/\u{e9}"), ("arn:aws-cn:s3:::site//*", "site", "/"),
      ("s3://arn:aws:s3:::site/img*", "site", "img"),
      ("logs-111122223333-eu-west-1-an", "logs-111122223333-eu-west-1-an", nil),
    ] as [(String, String, String?)])
  func bucketsAreRead(text: String, name: String, prefix: String?) throws {
    let argument = try BucketArgument(text)
    #expect(argument.name == name)
    #expect(argument.prefix == prefix)
  }

  @Test(
    arguments: [
      ("", ["the bucket's name"]), ("s3://", ["the bucket's name"]), ("s3:///key", ["the bucket's name"]),
      ("site/key", ["--prefix", "s3://"]),
      ("https://site.s3.amazonaws.com/key", ["--prefix"]),
      ("ap-abc123xyz-s3alias", ["access point alias", "get-access-point"]),
      ("s3://ap-abc123xyz-s3alias/img", ["access point alias", "get-access-point"]),
      ("ol-abc--ol-s3", ["Object Lambda", "get-access-point"]), ("fsx-abc-ext-s3alias", ["file system"]),
      ("site--use1-az4--x-s3", ["directory bucket", "no ACLs"]), ("ap--use1-az4--xa-s3", ["directory bucket"]),
      ("t--table-s3", ["table bucket"]), ("o-abc--op-s3", ["Outposts"]), ("m1abc.mrap", ["Multi-Region"]),
      ("arn:aws:s3:eu-west-1:111122223333:accesspoint/ap", ["access point", "get-access-point"]),
      ("s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/img", ["access point", "get-access-point"]),
      ("arn:aws:s3::111122223333:accesspoint/m1abc.mrap", ["Multi-Region"]),
      ("arn:aws:s3-outposts:eu-west-1:111122223333:outpost/op-1/bucket/b", ["Outposts"]),
      ("arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint/ol", ["Object Lambda"]),
      ("arn:aws:s3express:us-east-1:111122223333:bucket/b--use1-az4--x-s3", ["directory bucket"]),
      ("arn:aws:s3tables:us-east-1:111122223333:bucket/b", ["table bucket"]),
      ("arn:aws:s3:::site/img/a.png", ["one object", "s3://NAME/PREFIX", "--keys-from"]),
      ("arn:aws:s3:::site/", ["one object"]), ("arn:aws:s3:::site/*/a*", ["--include"]),
      ("arn:aws:s3:::site/?*", ["--include"]), ("arn:aws-moon:s3:::site", ["partition", "arn:aws-cn:s3:::NAME"]),
      ("arn:aws:s3express:us-east-1:111122223333:accesspoint/a--use1-az4--xa-s3", ["directory bucket"]),
      ("arn:aws-cn:s3:cn-north-1:111122223333:accesspoint/ap", ["access point", "get-access-point"]),
      ("arn:aws:s3-outposts:eu-west-1:111122223333:outpost/op-1/accesspoint/ap", ["Outposts"]),
      ("arn:aws:s3vectors:us-east-1:111122223333:bucket/b", ["vector bucket"]),
      ("s3://site--use1-az4--x-s3/img", ["directory bucket"]), ("arn:aws:s3:::ap-1-s3alias", ["access point alias"]),
      ("arn:aws:s3:::", ["arn:aws:s3:::NAME"]),
      ("arn:aws:cloudfront::111122223333:distribution/E1", ["--distribution"]), ("arn:", ["arn:aws:s3:::NAME"]),
      ("arn:aws:s3", ["arn:aws:s3:::NAME"]), ("b\u{1b}/x", ["b\\u{1b}/x"]),
      ("..", ["cannot be a bucket"]), ("s3://a b", ["cannot be a bucket"]),
    ] as [(String, [String])])
  func whatIsNoBucketIsNamed(text: String, parts: [String]) {
    let problem = #expect(throws: BucketArgument.Problem.self) { try BucketArgument(text) }
    for part in parts { #expect(problem?.description.contains(part) == true, "no '\(part)' in: \(problem!)") }
  }
}
