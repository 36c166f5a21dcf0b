internal import AWSKit

/// Writes a listing by the byte: a page of a thousand keys must not cost more than its bytes do.
struct ListingWriter {
  /// Whether keys are encoded as `encoding-type=url` asks for.
  let isURLEncoded: Bool
  private(set) var bytes: [UInt8] = []

  init(isURLEncoded: Bool) {
    self.isURLEncoded = isURLEncoded
  }

  mutating func raw(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// An element whose content `write` appends, already escaped.
  mutating func element(_ name: StaticString, _ write: (inout [UInt8]) -> Void) {
    open(name)
    write(&bytes)
    close(name)
  }

  mutating func append(_ other: ListingWriter) { bytes += other.bytes }

  /// Bytes that are already escaped.
  mutating func raw(_ written: [UInt8]) { bytes += written }

  /// An object that nothing has changed, in pieces as long as can be: nearly all of a virtual bucket are.
  mutating func contents(_ objects: VirtualObjects, at index: Int, key: [UInt8], owner: [UInt8]) {
    raw("<Contents><Key>")
    writeKey(key)
    raw("</Key><LastModified>")
    raw(VirtualObjects.lastModifiedBytes)
    raw("</LastModified><ETag>")
    objects.writeETag(at: index, to: &bytes)
    raw("</ETag><Size>")
    writeDecimal(objects.size(at: index))
    raw("</Size>")
    raw(owner)
    raw("<StorageClass>STANDARD</StorageClass></Contents>")
  }

  private mutating func writeDecimal(_ number: Int) {
    if number >= 10 { writeDecimal(number / 10) }
    bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
  }

  mutating func element(_ name: StaticString, _ text: String) {
    open(name)
    write(escaped: Array(text.utf8))
    close(name)
  }

  /// A key, or a part of one, in the encoding that was asked for.
  mutating func element(_ name: StaticString, key: [UInt8]) {
    open(name)
    writeKey(key)
    close(name)
  }

  private mutating func writeKey(_ key: [UInt8]) {
    if isURLEncoded { write(urlEncoded: key) } else { write(escaped: key) }
  }

  mutating func open(_ name: StaticString) {
    raw("<")
    raw(name)
    raw(">")
  }

  mutating func close(_ name: StaticString) {
    raw("</")
    raw(name)
    raw(">")
  }

  mutating func commonPrefix(_ prefix: ObjectKey) {
    open("CommonPrefixes")
    element("Prefix", key: prefix.bytes)
    close("CommonPrefixes")
  }

  /// An owner without a display name: S3 is withdrawing those.
  mutating func owner(_ id: CanonicalID) {
    open("Owner")
    element("ID", id.value)
    close("Owner")
  }

  /// Like a form's encoding, but with slashes kept.
  private mutating func write(urlEncoded key: [UInt8]) {
    if Self.isPlain(key) {
      bytes += key
      return
    }
    for byte in key {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "*"), UInt8(ascii: "/"):
        bytes.append(byte)
      case 0x20: bytes.append(UInt8(ascii: "+"))
      default:
        bytes.append(UInt8(ascii: "%"))
        bytes.append(Hexadecimal.uppercaseDigits[Int(byte >> 4)])
        bytes.append(Hexadecimal.uppercaseDigits[Int(byte & 15)])
      }
    }
  }

  /// Whether neither encoding changes any of the bytes.
  private static func isPlain(_ text: [UInt8]) -> Bool {
    var others: UInt8 = 0
    // Without a way out, the compiler looks at many bytes at once.
    for byte in text {
      let isLetter: UInt8 = (byte | 0x20) &- UInt8(ascii: "a") < 26 ? 1 : 0
      let isDigitOrMark: UInt8 = byte &- UInt8(ascii: "-") <= UInt8(ascii: "9") - UInt8(ascii: "-") ? 1 : 0
      let isUnderscore: UInt8 = byte == UInt8(ascii: "_") ? 1 : 0
      others |= 1 ^ (isLetter | isDigitOrMark | isUnderscore)
    }
    return others == 0
  }

  private mutating func write(escaped text: [UInt8]) {
    if Self.isPlain(text) {
      bytes += text
      return
    }
    for byte in text {
      switch byte {
      case UInt8(ascii: "&"): raw("&amp;")
      case UInt8(ascii: "<"): raw("&lt;")
      case UInt8(ascii: ">"): raw("&gt;")
      case UInt8(ascii: "\""): raw("&quot;")
      case 0x09, 0x0a: bytes.append(byte)
      // XML 1.0 can say only one of these, the carriage return; S3 writes references for all of them.
      case 0..<0x20: bytes += "&#x\(String(byte, radix: 16));".utf8
      default: bytes.append(byte)
      }
    }
  }
}

/// What a listing asks for, of any kind.
struct ListingRequest {
  let prefix: ObjectKey
  let delimiter: [UInt8]
  /// As it was asked for.
  let maxKeys: Int
  /// The most entries that the page has.
  let maximum: Int
  let isURLEncoded: Bool

  /// - Parameter pageSize: the most entries of any page.
  init(_ call: S3Call, pageSize: Int) throws(ServiceError) {
    prefix = ObjectKey(call.request.parameter("prefix") ?? [])
    delimiter = call.request.parameter("delimiter") ?? []
    switch call.text("encoding-type") {
    case nil: isURLEncoded = false
    case "url": isURLEncoded = true
    case let value?:
      throw .invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", value: value)
    }
    let text = call.text("max-keys") ?? "1000"
    guard let number = Int(text.isEmpty ? "1000" : text), number >= 0 else {
      throw .invalidArgument("Provided max-keys not an integer or within integer range")
    }
    maxKeys = number
    maximum = min(number, pageSize)
  }

  /// The common prefix that a key belongs to, if there is a delimiter after the prefix.
  func commonPrefix(of key: ObjectKey) -> ObjectKey? {
    guard !delimiter.isEmpty else { return nil }
    var start = prefix.bytes.count
    while start + delimiter.count <= key.bytes.count {
      if key.bytes[start...].starts(with: delimiter) {
        return ObjectKey(Array(key.bytes[..<(start + delimiter.count)]))
      }
      start += 1
    }
    return nil
  }

  /// What all kinds of listings say of the request.
  func write(to writer: inout ListingWriter, isTruncated: Bool) {
    writer.element("MaxKeys", String(maxKeys))
    if !delimiter.isEmpty { writer.element("Delimiter", key: delimiter) }
    if isURLEncoded { writer.element("EncodingType", "url") }
    writer.element("IsTruncated", isTruncated ? "true" : "false")
  }
}

extension ObjectKey {
  /// The first key after all that begin with this one; nil where there is none.
  var successorOfPrefix: ObjectKey? {
    guard let end = bytes.lastIndex(where: { $0 < 0xff }) else { return nil }
    var successor = Array(bytes[...end])
    successor[end] += 1
    return ObjectKey(successor)
  }
}
