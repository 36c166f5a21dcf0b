internal import AWSKit
internal import FoundationEssentials

/// What S3 charges in one region, in US dollars without taxes.
///
/// S3 has no price list that can be asked without credentials of its own, so the built-in table is a copy with a date,
/// and a file can replace it.
package struct PriceTable: Sendable, Equatable {
  package static let format = "fixacl-prices/1"

  /// Prices of one storage class.
  package struct StorageClass: Sendable, Equatable, Decodable {
    /// For a thousand PUT, COPY and POST requests.
    package var writesPerThousand: Double
    /// For a thousand GET and HEAD requests.
    package var readsPerThousand: Double
    /// For reading a GB (2^30 bytes), as a copy does.
    package var retrievalPerGB: Double
    /// The days that an object is charged at least.
    package var minimumDays: Int
    /// For a GB and month of 30 days.
    package var storagePerGBMonth: Double

    package init(
      writesPerThousand: Double, readsPerThousand: Double, retrievalPerGB: Double = 0, minimumDays: Int = 0,
      storagePerGBMonth: Double
    ) {
      self.writesPerThousand = writesPerThousand
      self.readsPerThousand = readsPerThousand
      self.retrievalPerGB = retrievalPerGB
      self.minimumDays = minimumDays
      self.storagePerGBMonth = storagePerGBMonth
    }
  }

  package var region: String
  /// When the prices were looked up: a year and a month.
  package var date: String
  package var storageClasses: [String: StorageClass]
  /// For each job of S3 Batch Operations.
  package var batchJob: Double
  /// For a million tasks of S3 Batch Operations, besides the requests that they make.
  package var batchMillionTasks: Double
  /// For a million objects in a report of S3 Inventory.
  package var inventoryMillionObjects: Double

  /// Amazon S3 Pricing, US East (N. Virginia).
  package static let builtIn = PriceTable(
    region: "us-east-1", date: "2026-10",
    storageClasses: [
      "STANDARD": StorageClass(writesPerThousand: 0.005, readsPerThousand: 0.0004, storagePerGBMonth: 0.023),
      "REDUCED_REDUNDANCY": StorageClass(writesPerThousand: 0.005, readsPerThousand: 0.0004, storagePerGBMonth: 0.024),
      "INTELLIGENT_TIERING": StorageClass(writesPerThousand: 0.005, readsPerThousand: 0.0004, storagePerGBMonth: 0.023),
      "STANDARD_IA": StorageClass(
        writesPerThousand: 0.01, readsPerThousand: 0.001, retrievalPerGB: 0.01, minimumDays: 30,
        storagePerGBMonth: 0.0125),
      "ONEZONE_IA": StorageClass(
        writesPerThousand: 0.01, readsPerThousand: 0.001, retrievalPerGB: 0.01, minimumDays: 30,
        storagePerGBMonth: 0.01),
      "GLACIER_IR": StorageClass(
        writesPerThousand: 0.02, readsPerThousand: 0.01, retrievalPerGB: 0.03, minimumDays: 90,
        storagePerGBMonth: 0.004),
      "GLACIER": StorageClass(
        writesPerThousand: 0.03, readsPerThousand: 0.0004, retrievalPerGB: 0.01, minimumDays: 90,
        storagePerGBMonth: 0.0036),
      "DEEP_ARCHIVE": StorageClass(
        writesPerThousand: 0.05, readsPerThousand: 0.0004, retrievalPerGB: 0.02, minimumDays: 180,
        storagePerGBMonth: 0.00099),
    ], batchJob: 0.25, batchMillionTasks: 1, inventoryMillionObjects: 0.0025)

  /// The prices of a class; those of STANDARD for one that has none.
  package func prices(of storageClass: String) -> StorageClass {
    storageClasses[storageClass] ?? storageClasses["STANDARD"] ?? Self.free
  }

  private static let free = StorageClass(writesPerThousand: 0, readsPerThousand: 0, storagePerGBMonth: 0)
}

extension PriceTable: Decodable {
  private enum CodingKeys: String, CodingKey {
    case format, region, date, storageClasses, batchJob, batchMillionTasks, inventoryMillionObjects
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    guard try values.decode(String.self, forKey: .format) == Self.format else {
      throw FileFormatError.Detail("its 'format' is not '\(Self.format)'")
    }
    self.init(
      region: try values.decode(String.self, forKey: .region), date: try values.decode(String.self, forKey: .date),
      storageClasses: try values.decode([String: StorageClass].self, forKey: .storageClasses),
      batchJob: try values.decode(Double.self, forKey: .batchJob),
      batchMillionTasks: try values.decode(Double.self, forKey: .batchMillionTasks),
      inventoryMillionObjects: try values.decode(Double.self, forKey: .inventoryMillionObjects))
    let numbers =
      [batchJob, batchMillionTasks, inventoryMillionObjects]
      + storageClasses.values.flatMap {
        [$0.writesPerThousand, $0.readsPerThousand, $0.retrievalPerGB, $0.storagePerGBMonth, Double($0.minimumDays)]
      }
    guard numbers.allSatisfy({ (0...Self.maximumPrice).contains($0) }) else {
      throw FileFormatError.Detail("it has a price that is negative or beyond \(Int(Self.maximumPrice))")
    }
    guard storageClasses["STANDARD"] != nil else { throw FileFormatError.Detail("it has no prices of STANDARD") }
  }

  private static let maximumPrice = 1_000_000.0
  /// More than any such file has. Bounds what is read of a file that is none.
  private static let maximumLength = 1 << 20

  /// Reads a file of prices.
  ///
  /// - Throws: `FileFormatError` that says what is wrong with it.
  package init(path: String) throws(FileFormatError) {
    do {
      let bytes = try OpenFile(path, .reading).read(Self.maximumLength, at: 0)
      self = try JSONDecoder().decode(PriceTable.self, from: Data(bytes))
    } catch let error as FileFormatError.Detail {
      throw FileFormatError("\(path.escapedForTerminal) cannot be used as prices: \(error.text).")
    } catch let error as FileError {
      throw FileFormatError("\(error). Without a file of prices, those of \(Self.builtIn.region) count.")
    } catch let DecodingError.keyNotFound(key, _) {
      throw FileFormatError("\(path.escapedForTerminal) cannot be used as prices: it has no '\(key.stringValue)'.")
    } catch {
      throw FileFormatError("\(path.escapedForTerminal) cannot be used as prices: it is not such a file of JSON.")
    }
  }
}
