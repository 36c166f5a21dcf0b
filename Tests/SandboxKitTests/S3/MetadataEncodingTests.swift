import Testing

@testable import SandboxKit

/// User metadata beyond ASCII (User Guide: "Working with object metadata"; the others as S3 has answered).
@Suite("User metadata beyond ASCII")
struct MetadataEncodingTests {
  @Test(arguments: [
    ("AMAZONS3", "AMAZONS3"),
    // The bytes of "ÄMÄZÕÑ S3", each taken for a character.
    ("Ã\u{84}MÃ\u{84}ZÃ\u{95}Ã\u{91} S3", "=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?="),
    ("ÄMÄZÕÑ S3", "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?="),
    ("test_—_file%E2%80%94_é_2?.pdf", "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?="),
  ])
  func encode(text: String, header: String) {
    #expect(MetadataEncoding.encode(text) == header)
    #expect(MetadataEncoding.decode(header) == text)
  }
}
