internal import AWSKit

/// A page of one of CloudFront's lists, as the parameters `Marker` and `MaxItems` ask for it.
struct CloudFrontPage<Element: Identifiable> where Element.ID == String {
  private let marker: String
  private let maxItems: Int
  private let items: ArraySlice<Element>
  private let isTruncated: Bool

  /// - Parameter all: in the list's order. The page begins after the element whose ID the marker is.
  init(of all: [Element], for request: SandboxRequest) throws(ServiceError) {
    marker = request.text("Marker") ?? ""
    guard let maxItems = Int(request.text("MaxItems") ?? "100"), maxItems > 0 else {
      throw .invalidArgument("The parameter MaxItems is not valid.")
    }
    self.maxItems = maxItems
    var rest = all[...]
    if !marker.isEmpty {
      guard let last = rest.firstIndex(where: { [marker] in $0.id == marker }) else {
        throw .invalidArgument("The parameter Marker is not valid.")
      }
      rest = rest[(last + 1)...]
    }
    items = rest.prefix(maxItems)
    isTruncated = items.count < rest.count
  }

  func response(_ root: String, _ write: (Element, inout DocumentWriter) -> Void) -> SandboxResponse {
    .cloudFront(root) { writer in
      writer.element("Marker", text: marker)
      if isTruncated, let last = items.last { writer.element("NextMarker", text: last.id) }
      writer.element("MaxItems", text: String(maxItems))
      writer.element("IsTruncated", text: String(isTruncated))
      writer.element("Quantity", text: String(items.count))
      guard !items.isEmpty else { return }
      writer.element("Items") { writer in
        for item in items { write(item, &writer) }
      }
    }
  }
}
