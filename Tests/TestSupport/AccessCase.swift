package import AWSKit

/// One row of the authorization matrix: who asks for what, of which object in which bucket, and what AWS documents.
package struct AccessCase: Sendable, CustomStringConvertible {
  package enum Caller: String, Sendable {
    /// The bucket's owner.
    case site
    case tools, other
    /// The canonical user of an origin access identity.
    case oai
    case anonymous
  }

  package enum Request: String, Sendable {
    case getObject, headObject, getACL, putACL, putPublicACL, putACLOfAnotherOwner, putObject, putPublicObject
    case copyOverItself, deleteObject, getTagging, listObjects, getBucketACL
  }

  /// A statement of the bucket policy about the objects, or the bucket, or both.
  package struct Statement: Sendable {
    package let effect: String
    package let principal: Caller?
    package let actions: [String]

    package static func allow(_ principal: Caller?, _ actions: String...) -> Statement {
      Statement(effect: "Allow", principal: principal, actions: actions)
    }

    package static func deny(_ principal: Caller?, _ actions: String...) -> Statement {
      Statement(effect: "Deny", principal: principal, actions: actions)
    }
  }

  /// What an object or a bucket grants besides its owner's full control.
  package typealias Given = [(grantee: Caller?, permission: Permission)]

  package let caller: Caller
  package let request: Request
  package var owner = Caller.tools
  package var grants: Given = []
  /// Whether the object's ACL has its owner's full control too, as that of every canned ACL has.
  package var grantsOwner = true
  package var bucketGrants: Given = []
  package var policy: [Statement] = []
  package var block: [String] = []
  package var ownership: ObjectOwnership?
  /// The HTTP status, and the error's code where it says more than `AccessDenied`.
  package let answer: (status: Int, code: String?)
  /// Where AWS documents it: the page of the S3 User Guide.
  package let source: String
  /// Why RadosGW decides otherwise, or cannot be asked; nil where it decides the same.
  package var notOnRadosGW: String?

  package var description: String {
    var text = "\(caller) \(request) of \(owner)'s"
    func list(_ given: Given) -> String {
      given.map { "\($0.grantee?.rawValue ?? "all"):\($0.permission.rawValue)" }.joined(separator: "+")
    }
    if !grants.isEmpty { text += ", ACL " + list(grants) }
    if !grantsOwner { text += " and not its owner" }
    if !bucketGrants.isEmpty { text += ", bucket ACL " + list(bucketGrants) }
    if !policy.isEmpty {
      text +=
        ", policy "
        + policy.map { "\($0.effect) \($0.principal?.rawValue ?? "*") \($0.actions.joined(separator: "+"))" }.joined(
          separator: "; ")
    }
    if !block.isEmpty { text += ", " + block.joined(separator: "+") }
    if let ownership { text += ", " + ownership.rawValue }
    return text + " → \(answer.status)"
  }
}
