/// An ID as fixacl shortens it if the whole stands nearby.
func short(_ id: some CustomStringConvertible) -> String {
  let text = "\(id)"
  return text.count > 20 ? text.prefix(12) + "…" : text
}
