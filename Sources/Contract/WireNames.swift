/// The exchanges in an agency's virtual host.
public enum ExchangeNames {
  /// Topic exchange that the agency publishes to, with `<lane>` or `<lane>.<anything>` as routing key.
  public static let outbox = "outbox"
  /// Alternate exchange of the outbox: what no binding took.
  public static let unrouted = "unrouted"
  /// Dead-letter exchange of the intake queues.
  public static let dead = "dead"
}

/// The queues in an agency's virtual host.
public enum QueueNames {
  /// What the agency published on this lane, waiting for the hub.
  public static func intake(_ lane: Lane) -> String { "intake.\(lane.rawValue)" }
  /// What the broker gave up on: expired, over the delivery limit, or without a route.
  public static let intakeDead = "intake.dead"
  /// What the hub delivered to the agency on this lane.
  public static func inbox(_ lane: Lane) -> String { "inbox.\(lane.rawValue)" }
  /// Receipts for the agency: JSON lines.
  public static let receipts = "receipts"
}

/// Headers of messages. Those of the sender can narrow and never widen; those of the hub are refused from a sender.
public enum HeaderKeys {
  public static let prefix = "entente-"

  // Set by a sender.
  public static let recipients = "entente-recipients"
  public static let tlp = "entente-tlp"
  public static let purpose = "entente-purpose"
  public static let legalBasis = "entente-legal-basis"
  public static let caseReference = "entente-case"
  public static let exercise = "entente-exercise"
  public static let signature = "entente-signature"
  public static let traceparent = "traceparent"

  // Set by the hub on deliveries and receipts.
  public static let revision = "entente-revision"
  public static let sender = "entente-sender"
  public static let obligations = "entente-obligations"
  public static let losses = "entente-losses"
  public static let supersedes = "entente-supersedes"
  public static let hubSignature = "entente-hub-signature"

  // The way of a message through hubs: set by a hub on what it delivers to a peer hub, and taken from peers alone.
  /// Whose message it was first.
  public static let origin = "entente-origin"
  /// How often it has changed hands.
  public static let hops = "entente-hops"
  /// How often it may.
  public static let maximumHops = "entente-maximum-hops"
  /// The names of the hubs that it went through, in order.
  public static let via = "entente-via"

  /// What a peer hub may set besides: what it says of the way, and of the duties that come with it.
  public static let readFromPeers: Set<String> = [origin, hops, maximumHops, via, obligations, sender]

  /// What a delivery carries besides and means nothing here: a peer may send on what it got as it is.
  public static let ignoredFromPeers: Set<String> = [revision, losses, supersedes, hubSignature]

  /// The `entente-*` headers that a sender may set; any other of that prefix is refused.
  public static let allowedFromSender: Set<String> = [
    recipients, tlp, purpose, legalBasis, caseReference, exercise, signature,
  ]
}
