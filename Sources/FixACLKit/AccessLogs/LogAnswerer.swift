/// Who answered a request to CloudFront, as far as the log tells.
package enum LogAnswerer: String, Sendable {
  /// The edge refused it by itself: a geographic restriction, a web ACL, a signed URL, a function.
  case edge
  /// The origin could not be reached, or its answer was of no use.
  case origin
  /// The origin's error, or one that CloudFront had cached: the log does not tell them apart.
  case originOrCache = "origin-or-cache"
  /// The viewer went away, or sent a broken request.
  case viewer

  /// - Parameter type: `x-edge-detailed-result-type` (CloudFront Developer Guide: "Standard logging reference").
  package init(resultType type: String) {
    self =
      switch type {
      case "ClientGeoBlocked", "LimitExceeded", "CapacityExceeded", "Redirect": .edge
      case "AbortedOrigin", "ClientCommError", "ClientHungUpRequest": .viewer
      case "SlowReaderOriginError": .origin
      default:
        if ["InvalidRequest", "Function", "Lambda", "Client"].contains(where: type.hasPrefix) {
          .edge
        } else if type.hasPrefix("Origin") && type != "OriginShieldHit" {
          .origin
        } else {
          .originOrCache
        }
      }
  }
}
