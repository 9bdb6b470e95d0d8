import Contract

/// A message whose fate is known beforehand: made of its number and the seed, and so is what must become of it. Nothing
/// of the hub is asked.
struct KnownMessage: Sendable {
  /// What kind of case it is.
  enum Sort: String, Sendable, CaseIterable {
    /// TLP:GREEN: everybody who is party gets it.
    case open
    /// A TLP:GREEN and a TLP:RED object: the second one leaves with nobody.
    case mixed
    /// TLP:AMBER: not for whom the terms allow TLP:GREEN only.
    case amber
    /// TLP:GREEN, and its sender names one recipient.
    case narrowed
    /// As `open`, and 40 KiB long.
    case large
    /// Breaks its schema: a dead letter.
    case broken
    /// The same, and an operator mends it.
    case mended
    /// In a format that its sender may not send yet; replayed when it may.
    case foreign
    /// Published twice under one id.
    case twice
    /// Its id belongs to an accepted message of other content.
    case reused
    /// A report of the incident lane, which one agency gets, in another format. The others are told nothing of it, and
    /// stand in the books.
    case warning
    /// What ends the hub that takes it up.
    case poison
  }

  /// What must become of a pair in the ledger.
  enum Fate: String, Sendable, Comparable {
    case delivered, held, withheld

    static func < (left: Fate, right: Fate) -> Bool { left.rawValue < right.rawValue }
  }

  let number: Int
  let sort: Sort
  let sender: AgencyID
  let messageID: String
  let seed: UInt64

  var lane: Lane { sort == .warning ? .incident : .threat }

  init(number: Int, sort: Sort, sender: AgencyID, messageID: String? = nil, seed: UInt64) {
    self.number = number
    self.sort = sort
    self.sender = sender
    self.seed = seed
    self.messageID = messageID ?? "\(sort.rawValue)-\(number)"
  }

  /// The message that the load has at a number.
  init(number: Int, seed: UInt64) {
    var chances = Chances(seed, UInt64(number) &+ 1000)
    let sender = Parties.senders[number % Parties.senders.count]
    let sort: Sort =
      switch Int.random(in: 0..<100, using: &chances) {
      case ..<38: .open
      case ..<58: .mixed
      case ..<70: .amber
      case ..<76: .narrowed
      case ..<79: .large
      case ..<84: .broken
      case ..<85: number < 400 ? .mended : .broken
      case ..<94: sender == Parties.boreas ? .foreign : sender == Parties.ceres ? .warning : .open
      case ..<97: .twice
      default: .reused
      }
    self.init(number: number, sort: sort, sender: sender, seed: seed)
  }

  // MARK: - What must become of it

  /// Nil where no pair may exist.
  func fate(for agency: AgencyID) -> Fate? {
    switch sort {
    case .broken, .reused, .poison: nil
    case .warning where agency != Parties.dike, .narrowed where agency != Parties.dike:
      Parties.recipients.contains(agency) ? .withheld : nil
    case .amber where agency == Parties.hera: .withheld
    default:
      agency == Parties.gaia ? .held : Parties.recipients.contains(agency) ? .delivered : nil
    }
  }

  /// Whether an agency may ever see a part of it.
  func mayShow(_ part: Character, to agency: AgencyID) -> Bool {
    guard part == "o" else { return false }
    return fate(for: agency) == .delivered || fate(for: agency) == .held
  }

  /// Whether its recipient gets the very bytes that were published.
  func isUntouched(for agency: AgencyID) -> Bool {
    switch sort {
    case .open, .amber, .narrowed, .large, .twice: agency != Parties.eos
    case .foreign: agency == Parties.eos
    default: false
    }
  }

  /// The verdict of the last receipt that its sender gets.
  var verdict: String {
    switch sort {
    case .broken, .reused, .poison, .mended: "rejected"
    default: "accepted"
    }
  }

  // MARK: - Its content

  /// A word that only this part of this message holds.
  func mark(_ part: Character) -> String {
    var chances = Chances(seed ^ 0xF1FE, UInt64(number) &* 256 &+ UInt64(part.asciiValue ?? 0))
    let digits = String(chances.next() & 0xFFFF_FFFF_FFFF, radix: 16)
    return "fire-\(number)-\(part)-" + String(repeating: "0", count: 12 - digits.count) + digits
  }

  var body: [UInt8] {
    let text =
      switch sort {
      case .mixed: bundle([indicator("o", Marking.green), indicator("r", Marking.red)])
      case .amber: bundle([indicator("o", Marking.amber)])
      case .large: bundle([indicator("o", Marking.green, padding: 40 << 10)])
      case .broken: bundle([indicator("x", Marking.green, isWhole: false)])
      case .mended: bundle([indicator("x", Marking.green, isWhole: false)])
      case .reused, .poison: bundle([indicator("x", Marking.green)])
      case .foreign: event
      case .warning: warning
      default: bundle([indicator("o", Marking.green)])
      }
    return Array(text.utf8)
  }

  /// As the operator mends it.
  var mendedBody: [UInt8] { Array(bundle([indicator("o", Marking.green)]).utf8) }

  private func bundle(_ objects: [String]) -> String {
    #"{"type":"bundle","id":"bundle--\#(uuid(0))","objects":[\#(objects.joined(separator: ","))]}"#
  }

  private func indicator(_ part: Character, _ marking: String, padding: Int = 0, isWhole: Bool = true) -> String {
    let more = padding == 0 ? "" : " " + String(repeating: "a long story ", count: padding / 13)
    let pattern = isWhole ? #""pattern":"[ipv4-addr:value = '198.51.100.\#(number % 250)']","# : ""
    return #"{"type":"indicator","spec_version":"2.1","id":"indicator--\#(uuid(part == "r" ? 2 : 1))","#
      + #""name":"\#(mark(part))","description":"\#(mark(part))\#(more)","#
      + #""created":"2026-01-02T03:04:05.000Z","modified":"2026-01-02T03:04:05.000Z","#
      + #""object_marking_refs":["\#(marking)"],"indicator_types":["malicious-activity"],"#
      + #"\#(pattern)"pattern_type":"stix","pattern_version":"2.1","valid_from":"2026-01-02T03:04:05Z"}"#
  }

  private var event: String {
    #"{"Event":{"uuid":"\#(uuid(3))","info":"\#(mark("o"))","date":"2026-11-20","timestamp":"1795161600","#
      + #""Orgc":{"name":"Boreas","uuid":"00000001-0000-4000-8000-000000000000"},"#
      + #""Tag":[{"name":"tlp:green"}],"#
      + #""Attribute":[{"uuid":"\#(uuid(4))","type":"domain","category":"Network activity","to_ids":true,"#
      + #""timestamp":"1795161600","comment":"\#(mark("o"))","value":"n\#(number).example"}]}}"#
  }

  private var warning: String {
    #"{"format":"nis2","version":"2026.1","stage":"early_warning","reference":"NL-2026-\#(number)","#
      + #""title":"\#(mark("o"))","description":"\#(mark("o"))","tlp":"TLP:GREEN","member_state":"NL","#
      + #""csirt":{"name":"Ceres","agency":"ceres","contact":{"email":"desk@ceres.example"}},"#
      + #""reporting_entity":{"name":"Noord B.V.","registration":"NL-1","class":"essential","sector":"energy","#
      + #""country":"NL","contact":{"role":"SOC","email":"soc@noord.example"}},"#
      + #""detected_at":"2026-11-24T03:52:00Z","aware_at":"2026-11-24T04:30:00Z","#
      + #""submitted_at":"2026-11-24T09:15:00Z","suspected_malicious":"yes","#
      + #""cross_border":{"suspected":"no"},"severity":{"level":"high"},"#
      + #""nature":{"threat_type":"ransomware"},"ongoing":true}"#
  }

  private func uuid(_ part: Int) -> String {
    let digits = String(number)
    return "00000000-000\(part)-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
  }

  private enum Marking {
    static let green = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
    static let amber = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
    static let red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
  }
}

/// The agencies of a fire.
enum Parties {
  static let ares = AgencyID("ares")!
  static let boreas = AgencyID("boreas")!
  static let ceres = AgencyID("ceres")!
  /// Takes STIX.
  static let dike = AgencyID("dike")!
  /// Takes MISP.
  static let eos = AgencyID("eos")!
  /// Takes STIX, and reads nothing until the end: its inbox is full the whole time.
  static let faun = AgencyID("faun")!
  /// What goes to it needs an approval.
  static let gaia = AgencyID("gaia")!
  /// Gets what is TLP:GREEN only.
  static let hera = AgencyID("hera")!
  /// In no arrangement.
  static let janus = AgencyID("janus")!

  static let senders = [ares, boreas, ceres]
  static let recipients = [dike, eos, faun, gaia, hera]
  static let all = senders + recipients + [janus]
}
