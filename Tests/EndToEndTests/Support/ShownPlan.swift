/// What `show --format json` prints, as anybody's JSON decoder reads it.
struct ShownPlan: Decodable {
  struct Transition: Decodable {
    let action: String
    let reason: String
    let explanation: String
    let owner: String
    let from: PlanDocument.PlannedACL?
    let to: PlanDocument.PlannedACL?
    let added: [PlanDocument.PlannedGrant]
    let removed: [PlanDocument.PlannedGrant]
    let objects: Int
    let bytes: Int
    let keys: [String]
  }

  let format: String
  let plan: String
  let createdAt: String
  let bucket: PlanDocument.Bucket
  let desired: PlanDocument.Desired
  let summary: PlanDocument.Summary
  let transitions: [Transition]
}
