internal import AWSKit

/// The member `logs` of an explanation.
extension AccessLogReport: JSONWritable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.name("s3")
      s3.write(to: &json)
      json.name("cloudFront")
      cloudFront.write(to: &json)
      json.member("refusedKeys", keyCount)
      json.name("keys")
      keys.write(to: &json)
      json.member("problemCount", problemCount)
      json.name("problems")
      problems.write(to: &json)
      json.member("interrupted", isInterrupted)
    }
  }
}

extension AccessLogReport.S3: JSONWritable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      extent.writeMembers(to: &json)
      json.member("refused", refused)
      json.member("succeeded", succeeded)
      json.member("aclRequired", neededACL)
      json.member("linesWithoutAclRequired", linesWithoutACLField)
      json.name("errorCodes")
      json.array { json in
        for code in codes {
          json.object { json in
            json.member("code", code.code)
            json.member("count", code.count)
          }
        }
      }
      json.name("requesters")
      requesters.write(to: &json)
      json.member("moreRequesters", hasMoreRequesters)
    }
  }
}

extension AccessLogReport.Requester: JSONWritable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("requester", name.text)
      json.member("kind", name.kind.rawValue)
      json.member("exact", isExact)
      json.member("refused", refused)
      json.member("succeeded", succeeded)
      json.member("firstRefused", firstRefused?.extended)
      json.member("lastRefused", lastRefused?.extended)
      json.name("refusedKeys")
      refusedKeys.map(\.text).write(to: &json)
      json.member("aclRequired", neededACL)
      json.member("firstAclRequired", firstNeededACL?.extended)
      json.member("lastAclRequired", lastNeededACL?.extended)
      json.name("aclKeys")
      aclKeys.map(\.text).write(to: &json)
      json.name("aclOperations")
      aclOperations.write(to: &json)
    }
  }
}

extension AccessLogReport.RefusedKey: JSONWritable {
  package func write(to json: inout JSONWriter) {
    json.object { writeMembers(to: &$0) }
  }

  func writeMembers(to json: inout JSONWriter) {
    json.member("key", key.text)
    json.member("count", count)
    json.member("uncertainty", uncertainty)
    json.member("first", first?.extended)
    json.member("last", last?.extended)
  }
}

extension AccessLogReport.CloudFront: JSONWritable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      extent.writeMembers(to: &json)
      json.member("succeeded", succeeded)
      json.member("failed", failed)
      json.name("results")
      results.write(to: &json)
    }
  }
}

extension AccessLogReport.Result: JSONWritable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("type", type)
      json.member("status", status)
      json.member("answeredBy", answeredBy.rawValue)
      json.member("count", count)
      json.member("first", first?.extended)
      json.member("last", last?.extended)
      json.member("lookedUpInS3Log", lookedUp)
      json.member("foundInS3Log", foundAtOrigin)
      json.name("paths")
      paths.map(\.text).write(to: &json)
    }
  }
}

extension AccessLogReport.Extent {
  fileprivate func writeMembers(to json: inout JSONWriter) {
    json.member("files", files)
    json.member("lines", lines)
    json.member("unreadableLines", unreadableLines)
    json.member("otherLines", otherLines)
    json.member("first", first?.extended)
    json.member("last", last?.extended)
  }
}

extension LogProblem: JSONWritable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("place", place)
      json.member("problem", word)
      switch kind {
      case .unreadable(let reason), .damaged(let reason): json.member("detail", reason)
      case .otherKind(let kind): json.member("detail", kind.rawValue)
      case .otherForm(let form): json.member("detail", form)
      case .missingColumn(let column): json.member("detail", column)
      case .unreadableLines(let count, let first):
        json.member("lines", count)
        json.member("firstLine", first)
      case .truncated, .notALog, .empty: break
      }
    }
  }
}
