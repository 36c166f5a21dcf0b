internal import Crypto
internal import FoundationEssentials

/// What every page begins and ends with: the policy that keeps it from loading or running anything but its own.
enum HTMLPage {
  static func beginning(title: String) -> HTML {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="\(policy)">
    <meta name="referrer" content="no-referrer">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(title)</title>
    \(HTML.raw("style", HTMLStyleSheet.content))
    </head>
    <body>

    """
  }

  static let end: HTML = """
    \(HTML.raw("script", HTMLScript.content))
    </body>
    </html>

    """

  /// Allows the style sheet and the script of this version, by their hashes, and nothing else.
  private static let policy =
    "default-src 'none'; style-src '\(hash(HTMLStyleSheet.content))'; script-src '\(hash(HTMLScript.content))'; "
    + "base-uri 'none'; form-action 'none'"

  private static func hash(_ content: StaticString) -> String {
    "sha256-" + Data(SHA256.hash(data: Data(content.description.utf8))).base64EncodedString()
  }
}
