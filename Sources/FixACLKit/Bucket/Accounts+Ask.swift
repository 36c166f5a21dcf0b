package import AWSKit

extension Accounts {
  /// The part an account has in a repair.
  package enum Role: Sendable, Equatable {
    case bucketOwner
    case objectOwner(CanonicalID)
  }

  /// The answer to a question about one object, and who got it.
  package enum Answer<Value: Sendable>: Sendable {
    case found(Value, by: Role)
    case missing(AWSError)
    /// None of the accounts may ask; the error is nil if there are no credentials of any.
    case denied(AWSError?)
    /// The object is encrypted with a customer's key, and its HEAD needs that key. Expired credentials look the same.
    case needsCustomerKey(AWSError, by: Role)
  }

  /// The client with the credentials of the account that has this part; nil if there are none.
  package func client(as role: Role) -> AWSClient? {
    switch role {
    case .bucketOwner: bucketOwnerClient
    case .objectOwner(let id): client(of: id)
    }
  }

  /// Asks one account after another until one is not denied. Accounts without credentials are passed over.
  ///
  /// - Throws: an error that is not an answer about the object.
  package func ask<Value: Sendable>(
    _ order: [Role], _ question: (AWSClient) async throws(AWSError) -> Value
  ) async throws(AWSError) -> Answer<Value> {
    var refusal: AWSError?
    for role in order {
      guard let client = client(as: role) else { continue }
      do throws(AWSError) {
        return .found(try await question(client), by: role)
      } catch {
        if error.isNotFound { return .missing(error) }
        if error.meansCustomerKey { return .needsCustomerKey(error, by: role) }
        guard error.isAccessDenied else { throw error }
        refusal = error
      }
    }
    return .denied(refusal)
  }
}
