/// One of the two ways through the hub; urgent reports never wait behind a bulk feed.
public enum Lane: String, Sendable, CaseIterable, Hashable {
  case incident
  case threat
}

/// What a message is about: a closed list, derived from the content and never believed from a header.
public enum MessageKind: String, Sendable, CaseIterable, Hashable {
  case earlyWarning = "early-warning"
  case notification
  case intermediateReport = "intermediate-report"
  case progressReport = "progress-report"
  case finalReport = "final-report"
  case ransomPayment = "ransom-payment"
  case alert
  case event
  case indicators
  case sighting
  case malware
  case campaign
  case vulnerability
  case advisory
  case bundle
  case acknowledgement
  /// Reserved: refused with that reason until it is built.
  case recall
  /// Reserved: refused with that reason until it is built.
  case correction
  /// Reserved: refused with that reason until it is built.
  case consent

  /// The lane along which messages of this kind travel, whatever lane they were published to.
  public var lane: Lane {
    switch self {
    case .event, .indicators, .sighting, .malware, .campaign, .vulnerability, .advisory, .bundle: .threat
    default: .incident
    }
  }

  /// True for the kinds that have a name and no meaning yet.
  public var isReserved: Bool { self == .recall || self == .correction || self == .consent }
}

/// A format's slug without its version: `stix`, `misp`, `nis2`. The version is read from the content.
public struct FormatID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let slug: String

  /// Takes a slug, or returns nil where it is not one.
  public init?(_ slug: String) {
    guard Slug.isValid(slug, longest: 31) else { return nil }
    self.slug = slug
  }

  private init(known slug: String) { self.slug = slug }

  public static let stix = FormatID(known: "stix")
  public static let misp = FormatID(known: "misp")
  public static let nis2 = FormatID(known: "nis2")
  public static let cra = FormatID(known: "cra")
  public static let circia = FormatID(known: "circia")
  public static let csaf = FormatID(known: "csaf")
  public static let kev = FormatID(known: "kev")
  public static let intelmq = FormatID(known: "intelmq")
  public static let n6 = FormatID(known: "n6")
  public static let iodef = FormatID(known: "iodef")
  public static let iodefJSON = FormatID(known: "iodef-json")
  public static let cef = FormatID(known: "cef")
  public static let csv = FormatID(known: "csv")
  public static let ecs = FormatID(known: "ecs")
  public static let ocsf = FormatID(known: "ocsf")
  public static let brief = FormatID(known: "brief")
  public static let entente = FormatID(known: "entente")
  /// STIX 2.0: a format beside STIX, since it is read where an agency's file names it and nowhere else.
  public static let stix20 = FormatID(known: "stix20")

  /// The formats that every exchange has; all others are described by its configuration.
  public static let builtIn: [FormatID] = [
    .stix, .misp, .nis2, .cra, .circia, .csaf, .kev, .intelmq, .n6, .iodef, .iodefJSON, .cef, .csv, .ecs, .ocsf,
    .brief, .entente, .stix20,
  ]

  public var description: String { slug }
  public static func < (left: FormatID, right: FormatID) -> Bool { left.slug < right.slug }
}

/// The `type` property of a message: `<format>/<kind>`. On intake a hint, on delivery a fact.
public struct MessageType: Hashable, Sendable, CustomStringConvertible {
  public var format: FormatID
  public var kind: MessageKind

  public init(format: FormatID, kind: MessageKind) {
    self.format = format
    self.kind = kind
  }

  /// Reads `stix/indicators`; nil where the form, the format's slug or the kind is none of ours.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let format = FormatID(String(parts[0])), let kind = MessageKind(rawValue: String(parts[1]))
    else { return nil }
    self.init(format: format, kind: kind)
  }

  public var description: String { "\(format)/\(kind.rawValue)" }
}
