internal import Crypto
internal import FoundationEssentials
package import AWSKit

/// What the last good reconcile of a bucket knew, from its file `last.json`.
package struct LastRun: Sendable, Equatable {
  static let format = "fixacl-last/1"
  /// Longer files are not fixacl's.
  private static let maximumLength = 64 << 20

  /// When it ended.
  package let at: Timestamp
  /// The bucket's settings; one that could not be read is as an earlier run knew it.
  package let bucket: BucketSettings
  package let desired: Intent
  /// Accounts that own objects, or have owned some: who uploads again is nobody new.
  package let owners: Set<CanonicalID>

  /// What is known after a good run.
  ///
  /// - Parameter previous: what was known before it.
  package init(at: Timestamp, plan: PlanHeader, previous: LastRun?) {
    self.at = at
    var bucket = plan.bucket
    bucket.objectOwnership = bucket.objectOwnership ?? previous?.bucket.objectOwnership
    bucket.publicAccessBlock = bucket.publicAccessBlock ?? previous?.bucket.publicAccessBlock
    bucket.accountPublicAccessBlock = bucket.accountPublicAccessBlock ?? previous?.bucket.accountPublicAccessBlock
    self.bucket = bucket
    desired = plan.desired
    owners = Set(plan.summary.owners.keys).union(previous?.owners ?? []).subtracting([bucket.owner])
  }

  /// Whether a reader got as much already.
  func knows(_ reader: Reader) -> Bool {
    switch reader.principal {
    case .canonicalUser(let id, let permission): return knows(Grant(.canonicalUser(id), permission))
    case .service(let name, let sources):
      return desired.readers.contains { known in
        guard case .service(name, let knownSources) = known.principal else { return false }
        // Without sources it may act for anybody.
        return knownSources.isEmpty || !sources.isEmpty && Set(sources).isSubset(of: knownSources)
      }
    }
  }

  /// Whether a grantee got as much already.
  func knows(_ grant: Grant) -> Bool {
    desired.grants.contains {
      $0.grantee == grant.grantee && $0.permission.rights.isSuperset(of: grant.permission.rights)
    }
  }
}

extension LastRun {
  private enum CodingKeys: String, CodingKey {
    case format, at, bucket, desired, owners
  }

  /// The file's bytes; the last member is a digest of what precedes it.
  package var bytes: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member(CodingKeys.format, Self.format)
      json.member(CodingKeys.at, at.extended)
      json.member(CodingKeys.bucket, bucket)
      json.member(CodingKeys.desired, desired)
      json.member(CodingKeys.owners, owners.sorted().map(\.value))
    }
    let digested = Array(json.bytes.dropLast()) + Array(",\n".utf8)
    return digested + PlanWriter.digestPrefix + Array(Self.digest(of: digested[...]).utf8) + Array("\"}\n".utf8)
  }

  private static func digest(of bytes: ArraySlice<UInt8>) -> String {
    PlanWriter.text(of: SHA256.hash(data: bytes))
  }

  /// Reads the file.
  ///
  /// - Returns: nil if there is none.
  /// - Throws: `FileError`; `FileFormatError` if it is damaged, which must not pass for a first run.
  package static func read(_ path: String) throws -> LastRun? {
    do {
      let file = try OpenFile(path, .reading)
      let size = try file.size()
      guard size <= maximumLength else { throw FileFormatError.Detail("it is too long") }
      return try LastRun(parsing: try file.read(size, at: 0))
    } catch let error as FileError {
      guard error.isNoSuchFile else { throw error }
      return nil
    } catch {
      let detail = (error as? FileFormatError.Detail)?.text ?? "it is damaged"
      throw FileFormatError(
        "\(path.escapedForTerminal) cannot be used: \(detail). It has what the last good run knew, so fixacl does"
          + " not go on without it. Nothing was changed. To begin as at a first run, look at the bucket's readers with"
          + " 'fixacl plan', then remove the file.")
    }
  }

  /// - Throws: `FileFormatError.Detail`, and what decoding throws.
  init(parsing bytes: [UInt8]) throws {
    guard bytes.last == UInt8(ascii: "\n"),
      let start = bytes.dropLast().lastIndex(of: UInt8(ascii: "\n")),
      case let line = bytes[(start + 1)...], line.starts(with: PlanWriter.digestPrefix)
    else { throw FileFormatError.Detail("it is cut short, or damaged") }
    let digested = bytes[...start]
    guard line.elementsEqual(PlanWriter.digestPrefix + Array(Self.digest(of: digested).utf8) + Array("\"}\n".utf8))
    else {
      throw FileFormatError.Detail("its digest does not fit: it was edited or damaged")
    }
    let object = digested.dropLast(2) + [UInt8(ascii: "}")]
    self = try JSONDecoder().decode(LastRun.self, from: Data(object))
  }
}

extension LastRun: Decodable {
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let format = try values.decode(String.self, forKey: .format)
    guard format == Self.format else { throw FileFormatError.Detail("it has the format '\(format.prefix(64))'") }
    guard let at = Timestamp(iso8601: try values.decode(String.self, forKey: .at)) else {
      throw FileFormatError.Detail("its time is none")
    }
    self.at = at
    bucket = try values.decode(BucketSettings.self, forKey: .bucket)
    desired = try values.decode(Intent.self, forKey: .desired)
    // A digest only reveals damage: what no plan can say, no run has known.
    try PlanHeader.check(bucket: bucket, desired: desired)
    let ids = try values.decode([String].self, forKey: .owners).map { CanonicalID($0) }
    guard ids.allSatisfy({ PlanText.canBeInACL($0.value) }) else {
      throw FileFormatError.Detail("an owner in it is nobody's ID")
    }
    owners = Set(ids)
  }
}
