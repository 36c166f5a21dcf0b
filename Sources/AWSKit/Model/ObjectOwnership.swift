/// Who owns what is uploaded (S3 Object Ownership).
package enum ObjectOwnership: String, Sendable {
  case objectWriter = "ObjectWriter"
  case bucketOwnerPreferred = "BucketOwnerPreferred"
  case bucketOwnerEnforced = "BucketOwnerEnforced"
}
