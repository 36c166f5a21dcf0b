internal import FixACLKit
internal import AWSKit

extension EdgeReport {
  /// The stable word for what came of it.
  var word: String {
    switch outcome {
    case .served: "served"
    case .refused: "refused"
    case .errorPage: "error-page"
    case .otherContent: "other-content"
    case .unanswered: "unanswered"
    }
  }

  /// A line for people.
  var text: String {
    switch outcome {
    case .served: "served: \(change.name): \(url)"
    case .refused(let answer): "refused: \(change.name): \(url): \(answer.shown). \(advice ?? "")"
    case .errorPage(let answer): "error page: \(change.name): \(url): \(answer.shown). \(advice ?? "")"
    case .otherContent(let answer): "other content: \(change.name): \(url): \(answer.shown). \(advice ?? "")"
    case .unanswered(let error):
      "no answer: \(change.name): \(url): \(error.message.escapedForTerminal). \(advice ?? "")"
    }
  }

  /// Why it is so, or what to do; nil if the object was served.
  var advice: String? {
    switch outcome {
    case .served: nil
    case .refused where isCachedError: "CloudFront repeats an error that it has cached: invalidate it."
    case .refused(let answer):
      answer.source == .edge
        ? "CloudFront itself refuses viewers: check the distribution's restrictions, functions and web ACL."
        : "The origin refuses CloudFront."
    case .errorPage: "CloudFront answers with an error page of the distribution."
    case .otherContent: "The content has another ETag than the plan saw."
    case .unanswered: "Check the network, and any proxy."
    }
  }

  /// The message where stdout has no lines.
  var message: Message {
    var message = Message(.warning, "edge-\(word)", text, key: change.key)
    message.fields = [("url", "\(url)")]
    return message
  }
}

extension ProbeAnswer {
  /// `403 AccessDenied from the origin, 35 s old (request 4F…): Access Denied`, escaped, without a full stop.
  fileprivate var shown: String {
    var text = "\(status)" + (code.map { " " + $0.escapedForTerminal } ?? "")
    text += source == .edge ? " from the edge" : " from the origin"
    if let ageSeconds, ageSeconds > 0 { text += ", \(Quantity.duration(seconds: Double(ageSeconds))) old" }
    if let requestID { text += " (request \(requestID.escapedForTerminal))" }
    var said = message.escapedForTerminal
    while said.last == " " || said.last == "." { said.removeLast() }
    return said.isEmpty ? text : text + ": " + said
  }
}
