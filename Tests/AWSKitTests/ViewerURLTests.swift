import AWSKit
import Testing

@Suite struct ViewerURLTests {
  @Test(arguments: [
    ("https://www.example.com", "https://www.example.com/"),
    ("HTTPS://WWW.Example.com:443/a b?x=\"#top", "https://www.example.com/a%20b?x=%22"),
    ("http://127.0.0.1:8080/E1/a", "http://127.0.0.1:8080/E1/a"),
    ("http://[::1]:8080", "http://[::1]:8080/"),
    ("http://[2001:db8::1]?q", "http://[2001:db8::1]/?q"),
    ("https://www.example.com.:8443/x.", "https://www.example.com:8443/x."),
  ])
  func readsWhatViewersType(text: String, expected: String) {
    #expect(ViewerURL(text)?.description == expected)
  }

  @Test(arguments: [
    "ftp://www.example.com/", "https://", "https:///a", "https://a:5:80/", "https://]1:[::80/", "https://[::1/",
    "https://[]/",
    "https://::1/", "https://a:+80/", "https://a:/", "https://a:0/", "https://a:65536/",
    "https://\u{212A}.example.com/",
    "https://www.example.com../", "http://127..?x", "https://www..example.com/", "https://.example.com/", "https://./",
    "https://../", "https://user@www.example.com/", "https://[::1]x/", "https://[www.example.com]/",
  ])
  func refusesWhatNamesNoHost(text: String) {
    #expect(ViewerURL(text) == nil)
  }
}
