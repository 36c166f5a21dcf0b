internal import NIOHTTP1
internal import AWSKit

/// A bucket's website endpoint: it knows no signatures, and answers with pages (User Guide: "Website endpoints",
/// "Configuring an index document", "Configuring a custom error document").
extension S3Service {
  /// - Parameters:
  ///   - name: the bucket that the Host header names.
  ///   - path: with a slash at its beginning.
  func websiteAnswer(
    bucket name: String, region: String, path: [UInt8], headers: HTTPHeaders, sourceIP: String
  ) -> SandboxResponse {
    begin()
    guard let bucket = state.buckets[name], bucket.region == region else {
      return websitePage(404, code: "NoSuchBucket", "The specified bucket does not exist")
    }
    guard let website = bucket.website else {
      return websitePage(
        404, code: "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration")
    }
    if let host = website.redirectHost {
      return redirect(301, to: "http://\(host)" + PercentCoding.encode(path, keepingSlashes: true))
    }
    func get(_ path: [UInt8]) -> SandboxResponse {
      let uri = PercentCoding.encode(Array("/\(name)".utf8) + path, keepingSlashes: true)
      var request = SandboxRequest(method: "GET", uri: uri, headers: headers)
      request.sourceIP = sourceIP
      return answer(request, as: .anonymous)
    }
    let isFolder = path.last == UInt8(ascii: "/")
    var response = get(isFolder ? path + Array((website.indexDocument ?? "").utf8) : path)
    if response.status == 200 || response.status == 206 || response.status == 304 {
      guard let location = response.headers.first(name: "x-amz-website-redirect-location") else { return response }
      return redirect(301, to: location)
    }
    // A folder without its slash, if it has an index.
    if !isFolder, let index = website.indexDocument, get(path + Array("/\(index)".utf8)).status == 200 {
      return redirect(302, to: PercentCoding.encode(path, keepingSlashes: true) + "/")
    }
    let (status, code, message) = Self.error(of: response)
    if let document = website.errorDocument {
      let page = get(Array("/\(document)".utf8))
      if page.status == 200 {
        response = page
        response.status = status
        return response
      }
    }
    return websitePage(status, code: code, message)
  }

  private func redirect(_ status: Int, to location: String) -> SandboxResponse {
    var response = SandboxResponse(status, headers: ["Location": location])
    finish(&response)
    return response
  }

  private static func error(of response: SandboxResponse) -> (status: Int, code: String, message: String) {
    let document = try? XMLNode(parsing: response.body, root: "Error")
    return (response.status, document?["Code"]?.text ?? "", document?["Message"]?.text ?? "")
  }

  private func websitePage(_ status: Int, code: String, _ message: String) -> SandboxResponse {
    let title = "\(status) " + (status == 403 ? "Forbidden" : status == 404 ? "Not Found" : "Error")
    let page = """
      <html>
      <head><title>\(title)</title></head>
      <body>
      <h1>\(title)</h1>
      <ul>
      <li>Code: \(code)</li>
      <li>Message: \(message)</li>
      <li>RequestId: \(requestID)</li>
      </ul>
      <hr/>
      </body>
      </html>

      """
    var response = SandboxResponse(
      status, headers: ["Content-Type": "text/html; charset=utf-8", "x-amz-error-code": code], body: Array(page.utf8))
    finish(&response)
    return response
  }

  // MARK: Configuration

  func getBucketWebsite(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    guard let website = bucket.website else {
      throw ServiceError(
        404, "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration",
        details: [("BucketName", bucket.name)])
    }
    return .xml("WebsiteConfiguration", attributes: Self.namespace) { writer in
      for element in website.elements { writer.element(element) }
    }
  }

  func putBucketWebsite(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let document = try call.document("WebsiteConfiguration")
    guard document["IndexDocument"]?["Suffix"] != nil || document["RedirectAllRequestsTo"]?["HostName"] != nil else {
      throw .malformedXML
    }
    bucket.website = SandboxBucket.Website(elements: document.children)
    return SandboxResponse()
  }

  func deleteBucketWebsite(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    bucket.website = nil
    return SandboxResponse(204)
  }
}
