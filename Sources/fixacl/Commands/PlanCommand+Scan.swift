internal import FixACLKit
internal import AWSKit

extension PlanCommand {
  /// Scans what the checkpoint does not know, and shows how far it has come.
  func scan(
    _ bucket: BucketSettings, desired: Intent, accounts: Accounts, configuration: Configuration,
    checkpoint: Checkpoint?, stop: StopSignal
  ) async throws -> BucketScanner.Result {
    let scanner = BucketScanner(
      bucket: bucket, desired: desired, accounts: accounts, concurrency: configuration.concurrency,
      maximumFailures: run.maxFailures.count, stop: stop)
    let reporter = ProgressReporter(isQuiet: run.quiet, throttle: configuration.throttle) {
      let progress = scanner.progress
      let known = checkpoint?.state.summary.listed ?? 0
      return ProgressReporter.State(
        text: "scanning: \(Quantity.count(progress.listed)) listed, \(Quantity.count(progress.foreign)) foreign, "
          + "\(Quantity.count(progress.changes)) to change",
        done: progress.finished - known, total: progress.isListed ? progress.listed - known : nil)
    }
    defer { reporter.finish() }
    do throws(BucketScanner.Failure) {
      let known: BucketScanner.Result
      do throws(FileError) {
        known =
          if let checkpoint { checkpoint.state } else {
            BucketScanner.Result(spool: try PlanSpool(folder: spoolFolder))
          }
      } catch {
        throw .file(error)
      }
      return try await scanner.scan(from: known)
    } catch {
      throw describe(error, checkpoint: checkpoint)
    }
  }

  /// Opens the checkpoint, and says what is in it; nil where there can be none, which is said too.
  func openCheckpoint(_ bucket: BucketSettings, desired: Intent, accounts: Accounts) throws -> Checkpoint? {
    let identity = CheckpointIdentity(
      tool: "fixacl \(FixACL.version)", bucket: bucket, desired: desired, accounts: accounts.canonicalIDs)
    do {
      let path = try checkpointOptions.path(
        output: output, bucket: bucket, options: self.desired.identifyingOptions)
      guard
        let checkpoint = try Checkpoint.open(
          path, identity: identity, startsOver: checkpointOptions.fresh,
          maximumAge: checkpointOptions.maxAge.seconds)
      else {
        Console.shared.note(
          "fixacl: the same command is running already (it holds the lock of \(path.escapedForTerminal)), so this one"
            + " keeps no checkpoint.")
        return nil
      }
      if checkpoint.isResumed {
        let summary = checkpoint.state.summary
        Console.shared.note(
          "fixacl: going on from a scan that began at \(checkpoint.begun.extended):"
            + " \(Quantity.count(summary.listed, "object")) listed, \(Quantity.count(summary.foreign)) foreign known"
            + " already. --fresh starts over.")
      }
      return checkpoint
    } catch let error as FileError {
      Console.shared.note("fixacl: no checkpoint can be kept (\(error)): a scan that ends early begins anew.")
      return nil
    }
  }

  private func describe(_ failure: BucketScanner.Failure, checkpoint: Checkpoint?) -> any Error {
    let goesOn = checkpoint.map { " The same command goes on from \($0.path.escapedForTerminal)." } ?? ""
    return switch failure {
    case .s3(let error):
      CommandFailure(
        "the scan was not completed, so no plan is written. \(error). \(Advice.text(for: error))\(goesOn)")
    case .file(let error):
      CommandFailure(
        "the scan was not completed, so no plan is written: \(error). What is found is kept in"
          + " \(checkpoint?.path.escapedForTerminal ?? spoolFolder) meanwhile, which must be there, writable and not full"
          + (checkpoint == nil && output == nil ? "; TMPDIR names another folder." : ".\(goesOn)"))
    case .plan(let error): error
    case .ownerMissing(let key):
      CommandFailure(
        "the server's listing does not say who owns \(key), so nothing can be planned: it does not heed"
          + " fetch-owner=true of ListObjectsV2.")
    case .hopeless(let stop):
      CommandFailure("the scan was not completed, so no plan is written. \(StopView.text(for: stop))\(goesOn)")
    case .interrupted:
      CommandFailure("", status: .interrupted)
    }
  }
}
