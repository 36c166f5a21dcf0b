extension Reader {
  /// The principals by which a policy may name it.
  package var principals: Set<PolicyPrincipal> {
    switch principal {
    case .service(let name, _): [.service(name)]
    case .canonicalUser(let id, _):
      originAccessIdentity.map { [.canonicalUser(id), .originAccessIdentity($0)] } ?? [.canonicalUser(id)]
    }
  }
}
