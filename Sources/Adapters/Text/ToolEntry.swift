import Contract
import JSON
import STIX

/// One value that a tool can look for, with what is known of it.
struct ToolEntry {
  /// What says it: an indicator, or a sighting of one.
  var object: STIXObject
  var isSighting: Bool
  /// As reports to regulators name them: `ipv4`, `domain`, `sha256`.
  var type: String
  var value: String
  var label: TLP
  var name: String?
  var text: String?
  var from: String?
  var until: String?
  var confidence: Int64?
  var count: Int64?

  /// The moment in milliseconds since 1970.
  static func milliseconds(_ text: String?) -> Int64? { text.flatMap { Timestamp($0) }?.milliseconds }
}

/// Collects what tools can use of a bundle; the rest are losses.
struct ToolEntries {
  private(set) var entries: [ToolEntry] = []
  private(set) var account: LossAccount
  private let bundle: STIXBundle
  private let terms: OutgoingTerms
  private let noun: String

  /// - Parameter noun: what is written, in words: `a CEF line`.
  init(_ bundle: STIXBundle, _ terms: OutgoingTerms, noun: String) throws(AdapterFailure) {
    self.bundle = bundle
    self.terms = terms
    self.noun = noun
    account = LossAccount(bundle)
    var carried: Set<Int> = []
    var byIndicator: [String: [ToolEntry]] = [:]
    for object in bundle.objects where object.type == "indicator" {
      guard !(object.value["revoked"]?.bool ?? false), let values = Self.values(of: object) else { continue }
      carried.insert(object.index)
      let made = values.map { entry(object, $0.type, $0.value) }
      byIndicator[object.id] = made
      entries += made
      account.loseProperties(
        of: object,
        carried: [
          "name", "description", "pattern", "pattern_type", "pattern_version", "valid_from", "valid_until",
          "confidence",
        ], why: ToolLosses.part(noun))
    }
    for object in bundle.objects where object.type == "sighting" {
      guard let target = object.value["sighting_of_ref"]?.string, let seen = byIndicator[target] else { continue }
      carried.insert(object.index)
      entries += seen.map { sighting(object, of: $0) }
      account.loseProperties(
        of: object,
        carried: ["sighting_of_ref", "first_seen", "last_seen", "count", "confidence", "description", "summary"],
        why: ToolLosses.part(noun))
    }
    for object in bundle.objects where !carried.contains(object.index) && !object.isDefinition {
      account.lose(object, why: ToolLosses.noPlace(noun))
    }
    account.loseOtherMarkings(bundle, why: ToolLosses.markings(noun))
    guard !entries.isEmpty else {
      throw AdapterFailure(
        .cannotWrite, "nothing in the message is an indicator of simple values, which \(noun) is about")
    }
  }

  private func entry(_ object: STIXObject, _ type: String, _ value: String) -> ToolEntry {
    ToolEntry(
      object: object, isSighting: false, type: type, value: value, label: bundle.label(of: object, terms),
      name: object.name, text: object.text, from: object.value["valid_from"]?.string,
      until: object.value["valid_until"]?.string, confidence: object.value["confidence"]?.integer, count: nil)
  }

  private func sighting(_ object: STIXObject, of entry: ToolEntry) -> ToolEntry {
    var seen = entry
    seen.object = object
    seen.isSighting = true
    seen.label = max(entry.label, bundle.label(of: object, terms))
    seen.text = object.text ?? entry.text
    seen.from = object.value["first_seen"]?.string ?? object.value["last_seen"]?.string
    seen.until = object.value["last_seen"]?.string
    seen.confidence = object.value["confidence"]?.integer ?? entry.confidence
    seen.count = object.value["count"]?.integer ?? 1
    return seen
  }

  /// The values of which any is enough; nil where a pattern says something else.
  private static func values(of indicator: STIXObject) -> [(type: String, value: String)]? {
    guard indicator.value["pattern_type"]?.isString("stix") ?? false,
      let pattern = indicator.value["pattern"]?.string.flatMap({ try? Pattern($0) }),
      let alternatives = pattern.equalities()
    else { return nil }
    var values: [(type: String, value: String)] = []
    for all in alternatives {
      guard all.count == 1, let type = IndicatorPaths.all.first(where: { $0.path == all[0].path.description })?.type
      else {
        return nil
      }
      switch all[0].value {
      case .string(let text): values.append((type, text))
      case .integer(let number): values.append((type, String(number)))
      default: return nil
      }
    }
    return values
  }
}

/// What outputs for tools lose.
enum ToolLosses {
  static func part(_ noun: String) -> String { "\(noun) has no member for it" }
  static func noPlace(_ noun: String) -> String { "\(noun) has no place for it" }
  static func markings(_ noun: String) -> String { "\(noun) carries TLP and nothing else" }

  static func all(_ noun: String) -> [NaturalLoss] {
    [
      NativeLosses.markings(markings(noun)),
      NaturalLoss(
        .meaning, "objects beside indicators of simple values and sightings of them", why: noPlace(noun)),
      NaturalLoss(
        .meaning, "what these say beside name, text, value, times, confidence and count", why: part(noun)),
    ]
  }
}

/// An output that tools and people read, and nobody sends.
protocol OutputAdapter: Adapter {
  static var noun: String { get }
  static func text(_ entries: [ToolEntry], _ terms: OutgoingTerms) -> [UInt8]
}

extension OutputAdapter {
  package var abilities: Set<AdapterAbility> { [.write] }
  package var naturalLosses: [NaturalLoss] { ToolLosses.all(Self.noun) }

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    throw AdapterFailure(.cannotRead, "\(format) is written for tools and people, and read by nobody here")
  }

  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    throw AdapterFailure(.cannotPrune, "\(format) is written for tools and people, and read by nobody here")
  }

  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    let collected = try ToolEntries(bundle, terms, noun: Self.noun)
    return Translation(Self.text(collected.entries, terms), losses: collected.account.losses)
  }
}
