/// What is decoded from an object that must have no other members than its own: a name that was misspelled would
/// otherwise count as left out.
struct Strict<Value: StrictlyDecodable>: Decodable {
  let value: Value

  init(from decoder: any Decoder) throws {
    try decoder.refuseUnknownFields(Value.CodingKeys.self)
    value = try Value(from: decoder)
  }
}

/// A type that names its members.
protocol StrictlyDecodable: Decodable {
  associatedtype CodingKeys: CodingKey & CaseIterable
}
