package import AWSKit

extension AWSOperation {
  /// The same for an answer of up to 64 MB: tests read whole objects and pages, which fixacl's small questions do not.
  package var takingLongAnswers: AWSOperation {
    var operation = self
    operation.maximumResponseBytes = 64 << 20
    return operation
  }
}
