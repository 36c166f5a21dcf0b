package import AWSKit

extension Journal {
  /// The journal of another plan at a plan's path, which `open` sets aside.
  package struct Replaced: Sendable {
    package let path: String
    /// The digest of its plan.
    package let plan: String
    /// Nil in a journal of the first format, which knows of no jobs.
    package let bucket: BucketSettings?
    package let batch: BatchHistory
  }

  /// Reads what the journal of another plan at the plan's path says of jobs; nil if there is none.
  ///
  /// - Throws: if it cannot be read. Of a damaged one, what stands before the damage is taken.
  package static func replaced(by plan: Plan) throws(FileFormatError) -> Replaced? {
    let path = path(of: plan)
    do {
      guard var reader = try JournalReader(try OpenFile(path, .reading)), reader.header.plan != plan.digest else {
        return nil
      }
      let header = reader.header
      var batch = BatchHistory()
      do {
        while let line = try reader.next() {
          if let record = line.batch { batch.take(record) }
        }
      } catch is FileFormatError.Detail {}
      return Replaced(path: path, plan: header.plan, bucket: header.bucket, batch: batch)
    } catch let error as FileError where error.isNoSuchFile {
      return nil
    } catch {
      throw describe(error, path: path)
    }
  }
}
