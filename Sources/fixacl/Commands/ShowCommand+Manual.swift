extension ShowCommand: Documented {
  static let manual = Manual(
    examples: [
      Manual.Example("On the terminal", "fixacl show fix.json"),
      Manual.Example("A page for the ticket", "fixacl show fix.json --format html > fix.html"),
      Manual.Example("All keys, for other programs", "fixacl show fix.json --format csv > fix.csv"),
    ],
    statuses: [Manual.Status(.done, "Done."), Manual.Status(.failed, "The plan cannot be read."), .usage])
}
