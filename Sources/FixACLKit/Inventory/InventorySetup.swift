internal import Crypto
package import AWSKit

/// An inventory whose reports tell all that a plan needs, and the policy by which S3 may write them.
package struct InventorySetup: Sendable {
  /// The ID of the inventory that fixacl sets up.
  package static let id = "fixacl"
  /// What reports tell besides bucket, key and version.
  private static let fields = [
    "Size", "LastModifiedDate", "ETag", "StorageClass", "EncryptionStatus", "ObjectAccessControlList", "ObjectOwner",
  ]

  /// The bucket that reports are about.
  package let bucket: String
  package let destination: String
  package let configuration: InventoryConfiguration
  /// The statement that the destination's policy needs, in JSON.
  package let statement: String
  /// The statement's name, by which a second run finds it.
  package let sid: String

  /// - Parameters:
  ///   - account: the bucket owner's account number; nil if it is not known.
  ///   - prefix: of the keys that reports tell of; nil for all.
  package init(
    bucket: BucketSettings, account: AccountID?, destination: String, destinationPrefix: String, prefix: String?,
    allVersions: Bool
  ) {
    self.bucket = bucket.name
    self.destination = destination
    let partition = Region(bucket.region).map { Partition.of($0).name } ?? "aws"
    let arn = "arn:\(partition):s3:::"
    var place = destinationPrefix[...]
    while place.last == "/" { place.removeLast() }
    configuration = InventoryConfiguration(
      id: Self.id, destination: arn + destination, destinationPrefix: place.isEmpty ? nil : String(place),
      prefix: prefix, allVersions: allVersions, fields: Self.fields)
    // One for each bucket and place: several buckets may have the same destination.
    let name = Hex.encode(SHA256.hash(data: Array("\(bucket.name)\n\(place)".utf8)).prefix(8))
    let sid = "FixaclInventory\(name)"
    self.sid = sid
    var json = JSONWriter()
    json.object { json in
      json.member("Sid", sid)
      json.member("Effect", "Allow")
      json.name("Principal")
      json.object { $0.member("Service", "s3.amazonaws.com") }
      json.member("Action", "s3:PutObject")
      json.member("Resource", "\(arn)\(destination)/\(place.isEmpty ? "" : place + "/")*")
      json.name("Condition")
      json.object { json in
        json.name("ArnLike")
        json.object { $0.member("aws:SourceArn", arn + bucket.name) }
        json.name("StringEquals")
        json.object { json in
          if let account { json.member("aws:SourceAccount", account.digits) }
          json.member("s3:x-amz-acl", "bucket-owner-full-control")
        }
      }
    }
    statement = String(decoding: json.bytes, as: UTF8.self)
  }

  /// Where S3 writes the reports; their folders have names of dates.
  package var reports: String {
    "s3://\(destination)/" + (configuration.destinationPrefix.map { $0 + "/" } ?? "") + "\(bucket)/\(Self.id)/"
  }

  /// The configuration as the AWS CLI takes it.
  package var configurationJSON: String {
    var json = JSONWriter()
    json.object { json in
      json.name("Destination")
      json.object { json in
        json.name("S3BucketDestination")
        json.object { json in
          json.member("Bucket", configuration.destination)
          json.member("Format", configuration.format)
          if let prefix = configuration.destinationPrefix { json.member("Prefix", prefix) }
        }
      }
      json.member("IsEnabled", true)
      if let prefix = configuration.prefix {
        json.name("Filter")
        json.object { $0.member("Prefix", prefix) }
      }
      json.member("Id", configuration.id)
      json.member("IncludedObjectVersions", configuration.versions)
      json.name("OptionalFields")
      configuration.fields.write(to: &json)
      json.name("Schedule")
      json.object { $0.member("Frequency", configuration.frequency) }
    }
    return String(decoding: json.bytes, as: UTF8.self)
  }

  /// The commands of the AWS CLI that make both.
  ///
  /// - Parameters:
  ///   - hasPolicy: whether the destination has a policy; nil if that is not known.
  ///   - options: for the AWS CLI, such as `--profile site`.
  package func commands(hasPolicy: Bool?, options: [String]) -> [String] {
    func target(_ bucket: String) -> String {
      (["--bucket", bucket] + options).map(ShellQuoting.quoted).joined(separator: " ")
    }
    let put = "aws s3api put-bucket-policy \(target(destination)) --policy "
    let policy: String
    if hasPolicy == false {
      policy = put + ShellQuoting.quoted(#"{"Version":"2012-10-17","Statement":[\#(statement)]}"#)
    } else {
      let program =
        ".Statement = ([.Statement] | flatten | map(select(.Sid != \"\(sid)\"))) + [\(statement)]"
      policy =
        put + "\"$(aws s3api get-bucket-policy \(target(destination)) --query Policy --output text | jq -c "
        + ShellQuoting.quoted(program) + ")\""
    }
    return [
      policy,
      "aws s3api put-bucket-inventory-configuration \(target(bucket)) --id \(Self.id) --inventory-configuration "
        + ShellQuoting.quoted(configurationJSON),
    ]
  }
}
