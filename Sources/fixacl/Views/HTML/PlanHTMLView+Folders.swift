internal import FixACLKit
internal import AWSKit

/// Where the objects are: the folders of all changes, with their counts and sizes.
extension PlanHTMLView {
  var folderSection: HTML {
    guard let bucket = transitions.folders, bucket.counts.objects > 0 else { return "" }
    let most = bucket.folders.reduce(bucket.own.objects) { max($0, $1.counts.objects) }
    return section(
      "folders", "Folders",
      """
      <div class="folders">
      \(content(of: bucket, path: [], most: most))</div>

      """)
  }

  /// - Parameter most: what a bar of the whole width stands for.
  private func content(of folder: FolderTree.Folder, path: [UInt8], most: Int) -> HTML {
    var rows = folder.folders.map { row($0, path: path + $0.name.bytes, most: most) }
    if folder.otherFolders > 0 {
      rows.append(line("\(Quantity.count(folder.otherFolders, "smaller folder"))", folder.others, most, link: ""))
    }
    if folder.own.objects > 0, !rows.isEmpty || path.isEmpty {
      rows.append(line(path.isEmpty ? "in no folder" : "directly in it", folder.own, most, link: ""))
    }
    return "\(rows)"
  }

  private func row(_ folder: FolderTree.Folder, path: [UInt8], most: Int) -> HTML {
    let query = PercentEncoding.encode(Array(ObjectKey(path).description.utf8), keepingSlashes: true)
    let link: HTML = "<a class=\"find\" href=\"#q=\(query)\">keys</a>"
    let name: HTML = "<code>\(folder.name.description)</code>"
    guard !folder.folders.isEmpty else { return line(name, folder.counts, most, link: link) }
    return """
      <details><summary>\(cells(name, folder.counts, most, link: link))</summary>
      <div class="inside">\(content(of: folder, path: path, most: most))</div></details>

      """
  }

  private func line(_ name: HTML, _ counts: FolderTree.Counts, _ most: Int, link: HTML) -> HTML {
    "<div class=\"line\">\(cells(name, counts, most, link: link))</div>\n"
  }

  private func cells(_ name: HTML, _ counts: FolderTree.Counts, _ most: Int, link: HTML) -> HTML {
    let actions = ChangeAction.allCases.compactMap { action in counts.actions[action].map { (action, $0) } }
    let words = actions.map { "\(Quantity.count($1)) \(PlanView.name(of: $0))" }.joined(separator: ", ")
    return """
      <span class="name">\(name) \(link)</span>\
      <span class="number">\(Quantity.count(counts.objects))</span><span class="number">\(Quantity.bytes(counts.bytes))</span>\
      \(HTMLCharts.bar(
        actions.map { HTMLCharts.Part(count: $1, style: $0.rawValue) }, of: most, label: words))
      """
  }
}
