/// A job of S3 Batch Operations to create: suspended until somebody confirms it.
package struct BatchJobRequest: Sendable {
  /// The same for the same job: asking twice creates one.
  package var token: String
  package var description: String
  package var roleARN: String
  package var operation: BatchOperation
  package var manifest: BatchManifestLocation
  /// Where the completion report goes, about all tasks.
  package var reportBucket: String
  package var reportPrefix: String

  package init(
    token: String, description: String, roleARN: String, operation: BatchOperation, manifest: BatchManifestLocation,
    reportBucket: String, reportPrefix: String
  ) {
    self.token = token
    self.description = description
    self.roleARN = roleARN
    self.operation = operation
    self.manifest = manifest
    self.reportBucket = reportBucket
    self.reportPrefix = reportPrefix
  }

  /// The name space of S3 Control's documents.
  static let namespace = "http://awss3control.amazonaws.com/doc/2018-08-20/"

  /// - Parameter partition: the second part of the ARNs.
  func document(partition: String) -> XMLWriter {
    var writer = XMLWriter()
    writer.element("CreateJobRequest", attributes: " xmlns=\"\(Self.namespace)\"") { writer in
      writer.element("ConfirmationRequired", text: "true")
      writer.element("Operation") { operation.write(partition: partition, to: &$0) }
      writer.element("Report") { writer in
        writer.element("Bucket", text: "arn:\(partition):s3:::\(reportBucket)")
        writer.element("Format", text: "Report_CSV_20180820")
        writer.element("Enabled", text: "true")
        if !reportPrefix.isEmpty { writer.element("Prefix", text: reportPrefix) }
        writer.element("ReportScope", text: "AllTasks")
      }
      writer.element("ClientRequestToken", text: token)
      writer.element("Manifest") { manifest.write(partition: partition, to: &$0) }
      writer.element("Description", text: description)
      writer.element("Priority", text: "10")
      writer.element("RoleArn", text: roleARN)
    }
    return writer
  }
}

/// A list of objects for a job: a CSV file without a header row, which is an object itself.
package struct BatchManifestLocation: Sendable, Hashable {
  package var bucket: String
  package var key: String
  /// Without its quotation marks.
  package var etag: String
  /// Whether each row names a version.
  package var hasVersions: Bool

  package init(bucket: String, key: String, etag: String, hasVersions: Bool) {
    self.bucket = bucket
    self.key = key
    self.etag = etag
    self.hasVersions = hasVersions
  }

  func write(partition: String, to writer: inout XMLWriter) {
    writer.element("Spec") { writer in
      writer.element("Format", text: "S3BatchOperations_CSV_20180820")
      writer.element("Fields") { writer in
        for field in ["Bucket", "Key"] + (hasVersions ? ["VersionId"] : []) { writer.element("member", text: field) }
      }
    }
    writer.element("Location") { writer in
      writer.element("ObjectArn", text: "arn:\(partition):s3:::\(bucket)/\(key)")
      writer.element("ETag", text: etag)
    }
  }
}

extension AWSClient {
  /// S3 Control's CreateJob. Needs `s3:CreateJob`, and `iam:PassRole` on the role. The client must be S3 Control's.
  ///
  /// - Returns: the job's ID.
  package func createJob(_ job: BatchJobRequest, in account: AccountID) async throws(AWSError) -> String {
    var operation = AWSOperation(
      "CreateJob", .post, path: "/v20180820/jobs", account: account, headers: [("Content-Type", "application/xml")],
      document: job.document(partition: Partition.of(region).name)
    ) { response throws(XMLError) in
      let result = try XMLElement(parsing: response.body, root: "CreateJobResult")
      guard let id = result["JobId"]?.text, BatchJob.isID(id) else { throw .invalid("a job without an ID") }
      return id
    }
    // The token makes it the same job.
    operation.repetition = .always
    return try await run(operation)
  }
}
