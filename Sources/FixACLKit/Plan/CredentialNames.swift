internal import AWSKit

/// Which credentials a plan was made with, by their names: `fixacl apply` needs no option then. No secret is in it.
package struct CredentialNames: Sendable, Hashable {
  /// The bucket owner's profile; nil for the environment's own credentials.
  package var profile: String?
  /// The profiles of accounts that own objects.
  package var ownerProfiles: [String] = []
  /// The roles of accounts that own objects.
  package var ownerRoles: [OwnerRole] = []

  package init(profile: String? = nil, ownerProfiles: [String] = [], ownerRoles: [OwnerRole] = []) {
    self.profile = profile
    self.ownerProfiles = ownerProfiles
    self.ownerRoles = ownerRoles
  }

  package var isEmpty: Bool { self == CredentialNames() }

  /// More than anybody has.
  private static let maximumCount = 1000

  /// - Throws: if there is a name that no file of profiles can have, or no role's ARN.
  func check() throws(FileFormatError.Detail) {
    let names = [profile].compactMap { $0 } + ownerProfiles
    guard names.allSatisfy({ !$0.isEmpty && PlanText.canBeHeader($0) }),
      ownerRoles.allSatisfy({
        OwnerRole.isARN($0.arn) && PlanText.canBeHeader($0.arn) && PlanText.canBeHeader($0.externalID ?? "")
      }), names.count + ownerRoles.count <= Self.maximumCount
    else { throw FileFormatError.Detail("its 'credentials' are no names of profiles and roles") }
  }
}

extension CredentialNames: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case profile, ownerProfiles, ownerRoles
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.profile, profile)
      json.member(CodingKeys.ownerProfiles, ownerProfiles)
      json.member(CodingKeys.ownerRoles, ownerRoles)
    }
  }
}
