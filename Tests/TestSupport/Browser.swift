internal import Foundation

/// Chromium without a window, as Debian packages it: what a page says once it is rendered, and its script has run.
package enum Browser {
  /// Why tests that need it are skipped.
  package static let absence = "there is no Chromium on the PATH (Debian: apt-get install chromium)"

  private static let name: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return ["chromium", "chromium-browser", "google-chrome"].first { name in
      folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
  }()

  package static var isThere: Bool { name != nil }

  /// A page as it is after rendering.
  package struct Rendering: Sendable {
    /// The document, written as HTML again.
    package let document: String
    /// What the browser complained of, such as content that the page's own policy forbids.
    package let messages: String

    /// The elements of a name, each from its tag's beginning up to the end of its content.
    package func elements(_ name: String) -> [String] {
      document.components(separatedBy: "<\(name)").dropFirst().filter {
        $0.first.map { !$0.isLetter && !$0.isNumber } ?? false
      }.map { $0.components(separatedBy: "</\(name)>")[0] }
    }
  }

  /// Opens a file of the workplace's.
  ///
  /// - Parameter fragment: what follows the `#` in the address.
  package static func render(_ file: String, fragment: String = "", in place: Workplace) async throws -> Rendering {
    let address = "file://" + place.path(file) + (fragment.isEmpty ? "" : "#" + fragment)
    let result = try await place.run(
      "timeout", "120", name ?? "chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
      "--disable-dev-shm-usage", "--enable-logging=stderr", "--user-data-dir=" + place.path("browser"),
      "--virtual-time-budget=5000", "--dump-dom", address)
    return Rendering(document: result.out, messages: result.err)
  }
}
