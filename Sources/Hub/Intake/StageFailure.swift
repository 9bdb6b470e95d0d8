import Crypto

/// Where on its way a message failed.
package enum Stage: String, Sendable, CaseIterable {
  case envelope, identify, validate, read, decide, ledger, broker, write, send
}

/// Why a message failed: a closed set, so that dead letters can be grouped and counted.
package enum FailureCause: String, Sendable, CaseIterable {
  // Envelope.
  case malformedHeaders = "malformed-headers"
  case headerNotAllowed = "header-not-allowed"
  case headerInvalid = "header-invalid"
  case tooLarge = "too-large"
  case empty
  // Identify.
  case notJSON = "not-json"
  case notXML = "not-xml"
  case notUTF8 = "not-utf8"
  case tooDeep = "too-deep"
  case duplicateKey = "duplicate-key"
  case numberOutOfRange = "number-out-of-range"
  case contentTypeMismatch = "content-type-mismatch"
  case typeMismatch = "type-mismatch"
  case unknownFormat = "unknown-format"
  case unsupportedVersion = "unsupported-version"
  case formatNotAgreed = "format-not-agreed"
  case reservedKind = "reserved-kind"
  // Validate and read.
  case schema
  case rule
  case notReadable = "not-readable"
  // Ledger.
  case messageIDReused = "message-id-reused"
  // Broker: what it gave up on.
  case expired
  case deliveryLimit = "delivery-limit"
  case unroutable
  case rejectedByBroker = "rejected-by-broker"
  /// Taking it up ended the hub, more than once.
  case poison
  // Write and send.
  case noFormat = "no-format"
  case cannotWrite = "cannot-write"
  case cannotCarryObligation = "cannot-carry-obligation"
  case outputInvalid = "output-invalid"
  case payloadGone = "payload-gone"
  case payloadUnreadable = "payload-unreadable"
  case inboxFull = "inbox-full"
  case inboxMissing = "inbox-missing"
  case connection
}

/// One failure: where, why, and what a person needs to mend it.
package struct StageFailure: Error, Sendable, Equatable {
  package var stage: Stage
  package var cause: FailureCause
  /// False where trying again later may help.
  package var isPermanent = true
  /// A sentence that names the field, the rule and what to do.
  package var detail: String
  /// JSON Pointer, or `line:column` where the text is no JSON.
  package var location: String?
  /// The rule that was broken, where it has a name of its own.
  package var rule: String?

  package init(
    _ stage: Stage, _ cause: FailureCause, isPermanent: Bool = true, _ detail: String, location: String? = nil,
    rule: String? = nil
  ) {
    self.stage = stage
    self.cause = cause
    self.isPermanent = isPermanent
    // What a sender wrote stands in both: bounded, so that no receipt or list can be flooded.
    self.detail = detail.count > 1000 ? detail.prefix(999) + "…" : detail
    self.location = location.map { $0.count > 500 ? $0.prefix(499) + "…" : $0 }
    self.rule = rule
  }

  /// The same for the same mistake over varying values: positions in lists and in the text do not count.
  package var fingerprint: String {
    let place = (location ?? "").split(separator: "/").map { $0.allSatisfy(\.isNumber) ? "*" : String($0) }
    let isPointer = location?.hasPrefix("/") ?? false
    let parts = [stage.rawValue, cause.rawValue, rule ?? "", isPointer ? place.joined(separator: "/") : ""]
    return Hex.text(SHA256.hash(data: Array(parts.joined(separator: "\u{0}").utf8)).prefix(8))
  }
}
