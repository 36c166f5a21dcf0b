package import S3Kit

extension S3Operation {
  /// The same for an answer of up to 64 MB: tests read whole objects and pages, which fixacl's small questions do not.
  package var takingLongAnswers: S3Operation {
    var operation = self
    operation.maximumResponseBytes = 64 << 20
    return operation
  }
}
