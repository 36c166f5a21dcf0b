extension AWSClient {
  /// S3 Control's UpdateJobStatus: lets a job that waits for confirmation run. Needs `s3:UpdateJobStatus`. The client
  /// must be S3 Control's.
  package func confirmJob(_ id: String, in account: AccountID) async throws(AWSError) {
    var operation = AWSOperation(
      "UpdateJobStatus", .post, path: "/v20180820/jobs/" + PercentEncoding.encode(id) + "/status",
      account: account, query: [("requestedJobStatus", "Ready")]
    ) { response throws(XMLError) in
      _ = try XMLElement(parsing: response.body, root: "UpdateJobStatusResult")
    }
    // Confirming twice is an error of the second time, which tells that the job runs.
    operation.repetition = .always
    try await run(operation)
  }
}
