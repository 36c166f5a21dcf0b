extension String {
  /// The text as if paragraphs were not laid out for a width: with the lines that are indented joined to those before.
  var onOneLine: String { replacing(#/\n +/#, with: " ") }
}
