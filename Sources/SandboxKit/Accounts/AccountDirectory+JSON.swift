internal import Foundation

extension AccountDirectory {
  /// Reads the JSON of `--accounts`.
  package init(parsing bytes: [UInt8]) throws {
    self = try JSONDecoder().decode(AccountsFile.self, from: Data(bytes)).directory()
  }
}
