import Foundation
import AWSKit
import TestSupport
import Testing

/// The page for the ticket: that it says what the plan says, loads nothing, and takes keys for nothing but text.
struct ShowHTMLTests {
  /// Keys that would do something in a page that took them for anything but text.
  private static let hostile = [
    "evil/</script><img src=x onerror=\"document.title='taken'\">.html", "evil/<script>document.title='taken'</script>",
    "evil/\" onmouseover=\"document.title='taken'\" x=\"", "evil/--></ul></main><h1>gone</h1>", "evil/new\nline",
    "evil/\u{202e}gnp.exe", "evil/&lt;b&gt;&amp;", "evil/</style><style>*{display:none}</style>",
  ]

  /// A bucket where `tools`' objects are granted, and `other`'s copied or blocked.
  private func makePlan(_ server: S3TestServer, _ place: Workplace) async throws -> PlanDocument {
    let bucket = try await server.makeBucket()
    let tools = server.tools.may(.fullControl)
    let other = server.other.may(.fullControl)
    let uploads: [(keys: [String], account: TestAccount, grants: [Grant])] = [
      ((10...24).map { "a-private/\($0)" }, server.tools, [tools]),
      ((10...12).map { "b-public/\($0)" }, server.tools, [tools, Grant(.allUsers, .read), server.site.may(.read)]),
      (["c-closed/Übersicht"], server.other, [other]),
      (["d-open/1"], server.other, [other, server.site.may(.read), server.site.may(.readACP)]),
      (["f-own/1", "f-own/2"], server.site, [server.site.may(.fullControl)]),
      (Self.hostile, server.tools, [tools, server.site.may(.readACP)]),
    ]
    for upload in uploads {
      try await inParallel(upload.keys) { key in
        try await upload.account.put(
          ObjectKey(key), in: bucket, body: [UInt8](repeating: 0, count: 100), grants: upload.grants)
      }
    }
    try await server.site.blockPublicAccess(["BlockPublicAcls"], of: bucket)
    return try await place.plan(server, bucket)
  }

  /// Runs `show --format html`; the page is also in `page.html`.
  private func page(
    _ place: Workplace, _ arguments: String..., plan: String = "plan.json",
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let run = try await place.fixacl(["show", plan, "--format", "html"] + arguments)
    try #require(run.status == 0, "\(run.err)", sourceLocation: sourceLocation)
    try place.write(run.out, to: "page.html")
    return run.out
  }

  /// What a page's text stands for.
  private static func text(_ html: String) -> String {
    html.replacing(#/<[^>]*>/#, with: "").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&amp;", with: "&")
  }

  /// The parts of the page that each tell of a transition, in its order.
  private static func transitions(_ page: String) -> [String] {
    page.components(separatedBy: "<article ").dropFirst().map { $0.components(separatedBy: "</article>")[0] }
  }

  /// A transition's keys: those that are seen at once, and the lines of the text with the others.
  private static func keys(_ transition: String) -> [String] {
    let first = transition.matches(of: #/<li><span>([^<]*)</span> <data value="\d+">[^<]*</data></li>/#)
    let more = transition.firstMatch(of: #/<pre>([^<]*)</pre>/#)?.1.split(separator: "\n") ?? []
    return (first.map(\.1) + more.compactMap { $0.split(separator: "\t").first }).map { text(String($0)) }
  }

  /// The rows that the script made in a part of a rendered page: what was found, or what is in a folder.
  private static func rows(rendered html: String) -> [String] {
    html.matches(of: #/<div class="row"><span title="[^"]*">(.*?)</span><small/#).map { text(String($0.1)) }
  }

  /// The commands that can be copied.
  private static func commands(_ page: String) -> [String] {
    page.matches(of: #/<code>([^\n]*?)</code><button type="button" class="copier" aria-label="Copy the command">/#)
      .map { text(String($0.1)) }
  }

  /// An answer of the page, as text.
  private static func answer(_ question: String, _ page: String) -> String {
    let end = page.components(separatedBy: "<dt>\(question)</dt><dd>").dropFirst().first ?? ""
    return text(end.components(separatedBy: "</dd>")[0].replacing("</p>", with: "\n"))
  }

  /// The rows of a transition's table: what happens, the permission, and to whom.
  private static func rows(_ transition: String) -> Set<String> {
    Set(
      transition.matches(of: #/<tr class="[a-z]+">(.*)</tr>/#).map { row in
        row.1.matches(of: #/<td>(.*?)</td>/#).map { text(String($0.1)) }.joined(separator: " ")
      })
  }

  @Test(arguments: S3TestServer.all)
  func saysWhatThePlanSays(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let plan = try await makePlan(server, place)
    let page = try await page(place)
    let (tools, other) = (server.tools.id.value, server.other.id.value)
    let (site, oai) = (server.site.id.value, server.oai.id.value)

    #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
    #expect(page.contains("<title>fixacl plan of s3://\(plan.bucket.name)</title>"))
    #expect(page.contains("<h1>s3://\(plan.bucket.name)</h1>"))
    #expect(page.contains("30 objects listed, 28 foreign, 26 to grant, 1 to copy, 1 blocked."))
    let facts = [
      ("server", server.endpoint), ("region", server.region), ("planned", plan.createdAt), ("made by", plan.tool),
      ("plan digest", plan.digest), ("wanted", "READ to reader \(oai)"), ("strategy", "auto"), ("bucket owner", site),
      ("Object Ownership", "ObjectWriter"), ("versioning", "Unversioned"),
    ]
    for (label, value) in facts {
      #expect(page.contains("<dt>\(label)</dt><dd><code>\(value)</code></dd>"), "\(label)")
    }
    #expect(page.contains("BlockPublicAcls (of the bucket)"))
    let figures = [
      "<b>30</b> listed", "<b>28</b> foreign", "<b>26</b> to grant", "<b>1</b> to copy: 100 B", "<b>1</b> blocked",
    ]
    for figure in figures { #expect(page.contains(figure), "\(figure)") }
    #expect(page.contains("<b>\(plan.summary.requests)</b> requests"))
    // The charts say in words what they show.
    #expect(page.contains("aria-label=\"Objects by action: 26 to grant, 1 to copy, 1 blocked, 2 of the bucket owner\""))
    #expect(page.contains("aria-label=\"26 objects, 2.5 KiB, 26 to change\""))
    for id in [site, oai, tools, other] {
      #expect(page.contains("<code>\(id)</code><button type=\"button\" class=\"copier\" aria-label=\"Copy the ID\">"))
    }

    let transitions = Self.transitions(page)
    try #require(transitions.count == 5)
    for (number, transition) in transitions.enumerated() {
      #expect(transition.contains("id=\"change-\(number + 1)\""))
      #expect(page.contains("<a href=\"#change-\(number + 1)\">"))
    }
    #expect(transitions[0].contains("15 objects <small>1.5 KiB</small>"))
    #expect(transitions[0].contains("its ACL does not allow every reader"))
    let ownerStays = "kept FULL_CONTROL object owner \(short(tools))"
    #expect(Self.rows(transitions[0]) == ["+ added READ reader \(short(oai))", " " + ownerStays])
    #expect(Self.keys(transitions[0]) == (10...24).map { "a-private/\($0)" })
    #expect(transitions[0].contains("<summary>5 more</summary>"))
    #expect(
      Self.rows(transitions[2]) == [
        "− removed READ AllUsers", "+ added READ reader \(short(oai))", " kept READ bucket owner \(short(site))",
        " " + ownerStays,
      ])
    #expect(Self.keys(transitions[3]) == ["c-closed/Übersicht"])
    #expect(transitions[3].contains("--owner-profile") && transitions[3].contains("Their present ACL is not known"))
    #expect(Self.rows(transitions[4]).contains("− removed owner account \(short(other))"))
    #expect(Self.rows(transitions[4]).contains("+ added owner bucket owner \(short(site))"))
    #expect(Self.rows(transitions[4]).contains("+ added FULL_CONTROL bucket owner \(short(site))"))
    #expect(!transitions.dropLast().contains { $0.contains("<code>owner</code>") })
  }

  @Test(arguments: S3TestServer.all)
  func theAnswerComesFirst(server: S3TestServer) async throws {
    let place = try Workplace(server)
    _ = try await makePlan(server, place)
    let page = try await page(place)
    #expect(
      Self.answer("What is broken", page) == """
        Not every reader can read 28 of 30 objects.
        28 objects belong to other accounts than the bucket, so the bucket policy's Allows do not apply to them.

        """)
    #expect(Self.answer("Who gets access", page) == "reader \(short(server.oai.id)) gets READ --grant-read names it\n")
    let actions = Self.answer("What will happen", page).split(separator: "\n")
    #expect(actions.first == "26 grants 2.5 KiB: the objects' owners rewrite their ACLs. The content stays as it is.")
    #expect(
      actions.dropFirst().first
        == "1 copy 100 B: the bucket owner copies the object over itself, and so becomes its owner.")
    #expect(actions.contains("3 objects lose a public grant."))
    #expect(
      Self.answer("What cannot be undone", page) == """
        1 copy 100 B: the bucket has no versions, so a copy replaces the object for good.
        Public grants that are removed: S3 refuses them while BlockPublicAcls is on.

        """)
    #expect(
      Self.answer("What stays broken", page).hasPrefix(
        "1 object 100 B owner-credentials-missing: no credentials of its owner are given"))

    // Each command as it can be pasted into a shell.
    let options = "plan.json --endpoint-url \(server.endpoint)"
    #expect(
      Self.commands(page).prefix(5) == [
        "fixacl apply \(options) --limit 10", "fixacl apply \(options)", "fixacl verify \(options)",
        "fixacl apply \(options) --invalidate auto", "fixacl rollback \(options)",
      ])
    let answer = try #require(page.range(of: "What is broken")).lowerBound
    #expect(answer < (try #require(page.range(of: "What to run")).lowerBound))

    // Under a name that a shell would take apart, and without one.
    _ = try await place.run("cp", "plan.json", "a plan's.json")
    let odd = try await self.page(place, plan: "a plan's.json")
    #expect(Self.commands(odd).contains("fixacl verify 'a plan'\\''s.json' --endpoint-url \(server.endpoint)"))
    let piped = try await place.run("sh", "-c", "\"$0\" show - --format html <plan.json", Workplace.programPath)
    #expect(Self.commands(piped.out).contains("fixacl verify PLAN --endpoint-url \(server.endpoint)"))
  }

  /// A grant to an account that is gone cannot be put back.
  @Test(arguments: S3TestServer.all)
  func droppedGrantsMayBeLost(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(2))
    let key = BrokenBucket.keys(2)[0]
    try await server.tools.putACL(
      AccessControlList(
        owner: server.tools.id, grants: [server.tools.may(.fullControl), server.other.may(.read)]),
      of: key, in: broken.name)
    try await broken.plan("--drop-grantee", server.other.id.value)
    let page = try await page(broken.place)
    #expect(
      Self.answer("What cannot be undone", page).contains("fixacl drops grants to \(server.other.id) from every ACL"),
      "\(Self.answer("What can be undone", page))")
    let shown = try await broken.place.fixacl("show", "plan.json")
    #expect(shown.out.onOneLine.contains("rollback cannot put them back"), "\(shown.out)")
  }

  @Test func nothingToChange() async throws {
    let place = try Workplace(.nowhere)
    try WrittenPlan(keys: [], kinds: 1).write(to: place.path("plan.json"))
    let page = try await page(place)
    #expect(Self.answer("What is broken", page) == "Nothing. fixacl listed 0 objects.\n")
    #expect(Self.answer("What will happen", page) == "Nothing.\n")
    #expect(Self.answer("What can be undone", page) == "Nothing is changed.\n")
    #expect(!page.contains("<code>fixacl apply") && !page.contains("<article") && !page.contains("id=\"folders\""))
  }

  @Test func foldersWithTheirCounts() async throws {
    let place = try Workplace(.nowhere)
    let keys = ["a/x/1", "a/x/2", "a/y/1", "b<i>/&/1", "top"]
    try WrittenPlan(keys: keys, kinds: 1, size: 600).write(to: place.path("plan.json"))
    let page = try await page(place, "--keys", "1")
    let cells = #/<span class="name">(.*?)</span><span class="number">(\d+)</span><span class="number">(.*?)<//#
    let folders = page.matches(of: cells)
      .map { [Self.text(String($0.1)), String($0.2), String($0.3)] }
    // All of them, however few keys are shown.
    #expect(
      folders == [
        ["a/ keys", "3", "1.8 KiB"], ["x/ keys", "2", "1.2 KiB"], ["y/ keys", "1", "600 B"],
        ["b<i>/&/ keys", "1", "600 B"], ["in no folder ", "1", "600 B"],
      ])
    #expect(page.contains("href=\"#q=b%3Ci%3E/%26/\""))
  }

  @Test(arguments: S3TestServer.all)
  func keysAreNothingButText(server: S3TestServer) async throws {
    let place = try Workplace(server)
    _ = try await makePlan(server, place)
    let page = try await page(place)
    let shown = Self.keys(Self.transitions(page)[1])
    #expect(Set(shown) == Set(Self.hostile.map { ObjectKey($0).description }))
    for markup in ["<img", "onerror=\"", "<script>document", "<h1>gone", "<style>*", "&lt;b&gt;&amp;<", "\u{202e}"] {
      #expect(!page.contains(markup), "\(markup)")
    }
    #expect(page.contains("evil/new\\nline</span>") && page.contains("evil/\\u{202e}gnp.exe</span>"))
    #expect(page.components(separatedBy: "<script").count == 2)
    #expect(page.components(separatedBy: "<style").count == 2)
  }

  @Test(arguments: S3TestServer.all)
  func asManyKeysAsAskedFor(server: S3TestServer) async throws {
    let place = try Workplace(server)
    _ = try await makePlan(server, place)
    let whole = try await page(place)
    #expect(!whole.contains("not in this page"))
    #expect(try await page(place, "--keys", "all") == whole)
    let few = Self.transitions(try await page(place, "--keys", "3"))
    #expect(few.map { Self.keys($0).count } == [3, 3, 3, 1, 1])
    #expect(few[0].contains("15 objects") && few[0].contains("12 more are not in this page"))
    #expect(few[0].contains("--keys all"))
    #expect(!few[2].contains("not in this page"))
    let none = Self.transitions(try await page(place, "--keys", "0"))
    #expect(none.allSatisfy { Self.keys($0).isEmpty })
    #expect(none[0].contains("15 more are not in this page"))
  }

  @Test(arguments: ["grant", "copy"])
  func examplePlansLoadNothing(name: String) async throws {
    let place = try Workplace(.nowhere)
    let plans = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../plans").standardized
    let path = plans.appending(path: "\(name).plan.json").path
    let plan = try PlanDocument(Data(contentsOf: URL(filePath: path)))
    let page = try await page(place, plan: path)
    let transitions = Self.transitions(page)
    let names = plan.changes.map { $0.objectKey.description + ($0.versionId.map { " (version \($0))" } ?? "") }
    #expect(transitions.flatMap { Self.keys($0) }.sorted() == names.sorted())
    let kinds = Set(plan.changes.map { [$0.action, $0.reason, $0.owner, $0.from ?? "", $0.to ?? ""] })
    #expect(transitions.count == kinds.count)

    #expect(page.matches(of: #/(href|src)="[^#]/#).isEmpty)
    for loading in ["src=", "url(", "@import", "<link", "<iframe", "<object", "fetch(", "XMLHttpRequest", "import("] {
      #expect(!page.contains(loading), "\(loading)")
    }
    let policy = try #require(page.firstMatch(of: #/http-equiv="Content-Security-Policy" content="([^"]*)"/#)?.1)
    #expect(policy.hasPrefix("default-src &#39;none&#39;; "))
    #expect(!policy.contains("unsafe") && !policy.contains("http"))
  }

  // MARK: In a browser

  @Test(.enabled(if: Browser.isThere, "\(Browser.absence)"), arguments: S3TestServer.all)
  func aBrowserShowsIt(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let plan = try await makePlan(server, place)
    _ = try await page(place)
    let shown = try await Browser.render("page.html", in: place)
    // The page's own style sheet and script are within its policy, and there is nothing else.
    #expect(!shown.messages.contains("Content Security Policy"), "\(shown.messages)")
    #expect(shown.elements("title") == [">fixacl plan of s3://\(plan.bucket.name)"])
    // One says what its copies do; and one more where the server knows the one-call alternative.
    let sections = server.kind == .sandbox ? 11 : 10
    for (name, count) in [
      ("img", 0), ("h1", 1), ("script", 1), ("style", 1), ("article", 5), ("h2", sections), ("main", 1),
    ] {
      #expect(shown.elements(name).count == count, "\(name)")
    }
    #expect(shown.elements("li").filter { $0.hasPrefix("><span>evil/") }.count == Self.hostile.count)
    #expect(shown.elements("summary").contains(">All 15 by folder"))
    #expect(!shown.document.contains("hidden=\"\""))
    #expect(shown.elements("output") == [" id=\"matches\" for=\"query\">"])
  }

  @Test(.enabled(if: Browser.isThere, "\(Browser.absence)"), arguments: S3TestServer.all)
  func aBrowserSearches(server: S3TestServer) async throws {
    let place = try Workplace(server)
    _ = try await makePlan(server, place)
    _ = try await page(place)
    let cases: [(query: String, transitions: [Int], keys: [String], says: String)] = [
      ("a-private/2", [0], (20...24).map { "a-private/\($0)" }, "5 of the 28 keys in this page have it"),
      // Without regard to case, and however its letters are composed.
      ("u\u{308}BERSICHT", [3], ["c-closed/Übersicht"], "1 of the 28 keys in this page has it"),
      ("/1", [0, 2, 4], [], "14 of the 28 keys in this page have it"),
      ("<img src=x onerror", [1], [ObjectKey(Self.hostile[0]).description], "1 of the 28 keys in this page has it"),
      ("no such key", [], [], "0 of the 28 keys in this page have it"),
    ]
    for test in cases {
      let fragment = "q=" + (test.query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
      let shown = try await Browser.render("page.html", fragment: fragment, in: place)
      let articles = shown.elements("article")
      let visible = articles.indices.filter { !articles[$0].prefix { $0 != ">" }.contains("hidden=\"\"") }
      #expect(visible == test.transitions, "\(test.query)")
      #expect(shown.elements("output").first?.hasSuffix(">" + test.says) == true, "\(test.query)")
      let keys = visible.flatMap { Self.rows(rendered: articles[$0]) }
      if test.keys.isEmpty {
        #expect(test.says.hasPrefix("\(keys.count) "), "\(test.query)")
      } else {
        #expect(keys == test.keys, "\(test.query)")
      }
    }
  }

  /// Very many kinds of changes are shown with fewer elements each, and are all found.
  @Test func manyKindsOfChanges() async throws {
    let place = try Workplace(.nowhere)
    let keys = (0..<600).map { "\(1000 + $0)" }
    try WrittenPlan(keys: keys, kinds: 150).write(to: place.path("plan.json"))
    let page = try await page(place)
    let transitions = Self.transitions(page)
    #expect(transitions.count == 150)
    #expect(transitions.flatMap { Self.keys($0) }.sorted() == keys)
    #expect(transitions.prefix(100).allSatisfy { $0.contains("<table class=\"diff\">") && !$0.contains("<pre") })
    let added = #/<pre class="acl">\+ READ          reader [0-9a-f]{64}\n  \S+ +(object owner )?[0-9a-f]{64}\n/#
    #expect(transitions.dropFirst(100).allSatisfy { $0.contains(added) && $0.contains("<summary>2 more</summary>") })
    guard Browser.isThere else { return }
    let found = try await Browser.render("page.html", fragment: "q=1599", in: place)
    #expect(found.elements("output").first?.hasSuffix(">1 of the 600 keys in this page has it") == true)
    #expect(Self.rows(rendered: found.document) == ["1599"])
    let all = try await Browser.render("page.html", fragment: "q=1", in: place)
    #expect(Self.rows(rendered: all.document).count == 200)
    #expect(all.elements("button").contains { $0.hasSuffix(">Show 100 more kinds of changes") })
  }

  /// Keys beyond the first few are no elements before somebody looks at them.
  @Test(.enabled(if: Browser.isThere, "\(Browser.absence)"))
  func manyKeysAreFewElements() async throws {
    let place = try Workplace(.nowhere)
    let keys = (0..<20_000).map { "folder-\($0 % 7)/\($0 % 100)/\(100_000 + $0).html" }
    try WrittenPlan(keys: keys, kinds: 4).write(to: place.path("plan.json"))
    let bytes = try await page(place, "--keys", "all").utf8.count
    // A line of a key and its size, and some tens of KiB besides.
    #expect(bytes < 20_000 * 40 + 300_000)
    let shown = try await Browser.render("page.html", in: place)
    let elements = shown.document.utf8.count { $0 == UInt8(ascii: "<") } / 2
    #expect(elements < 4000)

    let cases: [(query: String, count: Int, says: String)] = [
      ("/99/", 200, "200"), (".HTML", 20_000, "20,000"), ("folder-6/", 2857, "2,857"), ("100105", 1, "1"),
    ]
    for test in cases {
      let fragment = "q=" + (test.query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
      let found = try await Browser.render("page.html", fragment: fragment, in: place)
      #expect(
        found.elements("output").first?.contains(">\(test.says) of the 20,000 keys in this page ha") == true,
        "\(test.query)")
      let rows = Self.rows(rendered: found.document)
      #expect(rows.count <= 200 && rows.count >= min(test.count, 200), "\(test.query): \(rows.count)")
      #expect(rows.allSatisfy { $0.contains(test.query.lowercased()) })
    }
  }

  /// Opened, the keys of a transition stand in folders, with their numbers and sizes.
  @Test(.enabled(if: Browser.isThere, "\(Browser.absence)"))
  func keysInFolders() async throws {
    let place = try Workplace(.nowhere)
    let keys = (0..<300).map { "a/b/\(1000 + $0)" } + (0..<9).map { "c/\($0)/x" } + Self.hostile + ["z"]
    try WrittenPlan(keys: keys, kinds: 1, size: 2048).write(to: place.path("plan.json"))
    let page = try await page(place)
    // As if somebody had clicked.
    try place.write(page.replacing("<details class=\"more\"", with: "<details open class=\"more\""), to: "page.html")
    let shown = try await Browser.render("page.html", in: place)
    #expect(!shown.messages.contains("Content Security Policy"), "\(shown.messages)")
    let tree = shown.document.components(separatedBy: "<div class=\"tree\">").last ?? ""
    let folders = tree.matches(of: #/<summary><span>(.*?)</span><small>(.*?)</small></summary>/#)
      .map { Self.text(String($0.1)) + " " + Self.text(String($0.2)) }
    #expect(folders.prefix(2) == ["a/b/ 300 keys, 600.0 KiB", "c/ 9 keys, 18.0 KiB"])
    #expect(Self.rows(rendered: tree) == ["z"])
    for (name, count) in [("img", 0), ("h1", 1), ("script", 1), ("style", 1)] {
      #expect(shown.elements(name).count == count, "\(name)")
    }
    #expect(shown.elements("title") == [">fixacl plan of s3://written"])
  }
}
