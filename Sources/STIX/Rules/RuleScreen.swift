package import JSON

/// A quick look over a document for which most documents need no other: whether certainly no MUST rule is broken.
///
/// It walks the tape once and makes no strings. Where it cannot be certain it says no, and `STIXBundle.errors()` looks
/// closer; a property test holds the two together.
package struct RuleScreen {
  private let tape: JSONTape

  /// True only where `STIXBundle.errors()` would find nothing in the document, a bundle or a single object.
  package static func clears(_ document: JSONDocument) -> Bool {
    withExtendedLifetime(document) {
      let screen = RuleScreen(tape: document.tape)
      let root = document.root
      guard root.isObject else { return false }
      guard root.isBundle else { return screen.clears(root.index, seen: nil) }
      guard let objects = root["objects"] else { return true }
      guard objects.isArray else { return false }
      let seen = SeenIDs(capacity: objects.count)
      let end = screen.tape.close(objects.index)
      var at = objects.index + 1
      while at < end {
        guard screen.tape.tag(at) == JSONTape.Tag.object, screen.clears(at, seen: seen) else { return false }
        at = screen.tape.next(at)
      }
      return true
    }
  }

  /// The ids of a bundle so far: one that comes again has to be looked at.
  private final class SeenIDs {
    private var ids: Set<UUIDKey> = []

    init(capacity: Int) { ids.reserveCapacity(capacity) }

    func isNew(_ id: UnsafeBufferPointer<UInt8>) -> Bool {
      let start = id.count - UUIDText.length
      return UUIDText.isUUID(id, at: start) && ids.insert(UUIDKey(id, at: start)).inserted
    }
  }

  private typealias Bytes = UnsafeBufferPointer<UInt8>

  /// What the walk over an object's members comes by.
  private struct Found {
    var type: Int?
    var id: Int?
    var created: Int?
    var modified: Int?
    /// The first and the last of a period.
    var from: Int?
    var until: Int?
    /// Members that only a closer look can judge, whatever the type.
    var needsCloserLook = false
  }

  private func clears(_ object: Int, seen: SeenIDs?) -> Bool {
    var found = Found()
    let end = tape.close(object)
    var at = object &+ 1
    while at < end {
      let value = at &+ 1
      switch tape.tag(value) {
      case JSONTape.Tag.string:
        note(tape.bytes(at), value, &found)
        at = value &+ 1
      case JSONTape.Tag.object, JSONTape.Tag.array:
        noteContainer(tape.bytes(at), value, &found)
        at = tape.next(value)
      default: at = tape.next(value)
      }
      if found.needsCloserLook { return false }
    }
    guard let type = found.type, let id = found.id, isInOrder(found.created, found.modified, mayBeEqual: true),
      isInOrder(found.from, found.until, mayBeEqual: !Self.endsLater.contains(where: tape.bytes(type).isName))
    else { return false }
    if let seen, !seen.isNew(tape.bytes(id)) { return false }
    return clears(type: tape.bytes(type), id: tape.bytes(id), object)
  }

  /// A member that is a text: a timestamp is judged whatever its name.
  private func note(_ key: Bytes, _ value: Int, _ found: inout Found) {
    let text = tape.bytes(value)
    if text.count >= 20, text[text.count &- 1] == UInt8(ascii: "Z"), Timestamp.hasShape(text) {
      guard Self.isCertainlyReal(text) else {
        found.needsCloserLook = true
        return
      }
      if key.isName("created") {
        found.created = value
      } else if key.isName("modified") {
        found.modified = value
      } else if Self.begins.contains(where: key.isName) {
        found.needsCloserLook = found.from != nil
        found.from = value
      } else if Self.ends.contains(where: key.isName) {
        found.needsCloserLook = found.until != nil
        found.until = value
      }
      return
    }
    switch key.count {
    case 2: if key.isName("id") { found.id = value }
    case 4:
      if key.isName("type") {
        found.type = value
      } else if key.isName("lang"), !sameText(text, "en") {
        found.needsCloserLook = true
      }
    default: break
    }
  }

  private func noteContainer(_ key: Bytes, _ value: Int, _ found: inout Found) {
    if key.isName("granular_markings") {
      found.needsCloserLook = true
    } else if key.isName("extensions") || key.isName("x509_v3_extensions") {
      // Extensions of the specification hold timestamps too.
      found.needsCloserLook = !textsAreClear(value)
    }
  }

  private func textsAreClear(_ container: Int) -> Bool {
    let end = tape.close(container)
    var at = container &+ 1
    while at < end {
      switch tape.tag(at) {
      case JSONTape.Tag.string:
        let text = tape.bytes(at)
        if Timestamp.hasShape(text), !Self.isCertainlyReal(text) { return false }
        at &+= 1
      case JSONTape.Tag.integer, JSONTape.Tag.unsigned, JSONTape.Tag.double: at &+= 2
      default: at &+= 1
      }
    }
    return true
  }

  // MARK: Times

  private static let begins: [StaticString] = [
    "first_seen", "first_observed", "valid_from", "start_time", "start", "analysis_started",
  ]
  private static let ends: [StaticString] = [
    "last_seen", "last_observed", "valid_until", "stop_time", "end", "analysis_ended",
  ]

  /// Types of which a period does not end as it begins.
  private static let endsLater: [StaticString] = ["indicator", "relationship"]

  /// Whether a text of a timestamp's shape is a moment that surely exists: no 29th to 31st, no leap second.
  private static func isCertainlyReal(_ text: Bytes) -> Bool {
    func number(_ at: Int) -> UInt8 { (text[at] &- 0x30) &* 10 &+ (text[at &+ 1] &- 0x30) }
    let (month, day) = (number(5), number(8))
    return month &- 1 < 12 && day &- 1 < 28 && number(11) < 24 && number(14) < 60 && number(17) < 60
      && (text.count == 20 || text.count > 21)
      || Timestamp(text) != nil
  }

  /// Whether the second moment is surely not before the first, as far as whole seconds and fractions of one length tell.
  private func isInOrder(_ first: Int?, _ second: Int?, mayBeEqual: Bool) -> Bool {
    guard let first, let second else { return true }
    let (from, until) = (tape.bytes(first), tape.bytes(second))
    let length = from.count == until.count ? from.count : 19
    for place in 0..<length where from[place] != until[place] { return from[place] < until[place] }
    return mayBeEqual && from.count == until.count
  }

  // MARK: Types

  /// What a type asks for beyond what all objects must be.
  private enum Demand {
    case nothing, closerLook, pattern, marking, domainName, nameEncoding, pathEncoding, mediaType, languages, oldObjects
  }

  private func clears(type: Bytes, id: Bytes, _ object: Int) -> Bool {
    switch Self.demand(of: type) {
    case .nothing: return true
    case .closerLook: return false
    case .pattern: return hasCertainlyGoodPattern(object)
    case .marking:
      // A definition of TLP 1 is compared with those that were published.
      guard tape.member(object, "object_marking_refs") == nil else { return false }
      return tape.member(object, "definition_type").map { !isText($0, "tlp") } ?? true
    case .domainName:
      return tape.member(object, "value").map { Self.isCertainlyDomainName(tape.bytes($0)) } ?? true
    case .nameEncoding: return tape.member(object, "name_enc") == nil
    case .pathEncoding: return tape.member(object, "path_enc") == nil
    case .mediaType: return tape.member(object, "mime_type") == nil && tape.member(object, "hashes") != nil
    case .languages: return tape.member(object, "languages") == nil
    case .oldObjects: return tape.member(object, "objects") == nil
    case nil:
      // A custom type: the schema does not compare it with the id.
      guard id.count > type.count + 2 else { return false }
      return sameBytes(Bytes(rebasing: id[..<type.count]), type) && id[type.count] == UInt8(ascii: "-")
        && id[type.count + 1] == UInt8(ascii: "-")
    }
  }

  private static func demand(of type: Bytes) -> Demand? {
    // Few types share a length: a look at the length spares most comparisons.
    guard type.count < demands.count else { return nil }
    for (name, demand) in demands[type.count] where name.withUTF8Buffer({ sameBytes($0, type) }) { return demand }
    return nil
  }

  /// By length of the type's name.
  private static let demands: [[(name: StaticString, demand: Demand)]] = {
    let all: [(StaticString, Demand)] = [
      ("attack-pattern", .nothing), ("campaign", .nothing), ("course-of-action", .nothing), ("grouping", .nothing),
      ("identity", .nothing), ("incident", .nothing), ("indicator", .pattern), ("infrastructure", .nothing),
      ("intrusion-set", .nothing), ("location", .nothing), ("malware", .nothing), ("malware-analysis", .nothing),
      ("note", .nothing), ("observed-data", .oldObjects), ("opinion", .nothing), ("report", .nothing),
      ("threat-actor", .nothing), ("tool", .nothing), ("vulnerability", .nothing), ("relationship", .nothing),
      ("sighting", .nothing), ("artifact", .mediaType), ("autonomous-system", .nothing), ("directory", .pathEncoding),
      ("domain-name", .domainName), ("email-addr", .nothing), ("email-message", .closerLook), ("file", .nameEncoding),
      ("ipv4-addr", .nothing), ("ipv6-addr", .nothing), ("mac-addr", .nothing), ("mutex", .nothing),
      ("network-traffic", .nothing), ("process", .nothing), ("software", .languages), ("url", .nothing),
      ("user-account", .closerLook), ("windows-registry-key", .closerLook), ("x509-certificate", .closerLook),
      ("extension-definition", .nothing), ("language-content", .closerLook), ("marking-definition", .marking),
      ("bundle", .closerLook),
    ]
    var table: [[(name: StaticString, demand: Demand)]] = Array(repeating: [], count: 32)
    for (name, demand) in all { table[name.utf8CodeUnitCount].append((name, demand)) }
    return table
  }()

  private func hasCertainlyGoodPattern(_ object: Int) -> Bool {
    guard let type = tape.member(object, "pattern_type"), isText(type, "stix") else { return true }
    guard let pattern = tape.member(object, "pattern"), tape.tag(pattern) == JSONTape.Tag.string else { return false }
    let text = String(decoding: tape.bytes(pattern), as: UTF8.self)
    return (try? Pattern(text))?.faults.isEmpty ?? false
  }

  private func isText(_ value: Int, _ text: StaticString) -> Bool {
    tape.tag(value) == JSONTape.Tag.string && sameText(tape.bytes(value), text)
  }

  /// Letters and digits of ASCII, single hyphens and dots inside, no label or name near its longest.
  private static func isCertainlyDomainName(_ name: Bytes) -> Bool {
    guard (1...63).contains(name.count) else { return false }
    var previousIsMark = true
    for byte in name {
      switch byte {
      case 0x61...0x7A, 0x41...0x5A, 0x30...0x39: previousIsMark = false
      case UInt8(ascii: "-"), UInt8(ascii: "."):
        if previousIsMark { return false }
        previousIsMark = true
      default: return false
      }
    }
    return !previousIsMark
  }

  private func sameText(_ bytes: Bytes, _ text: StaticString) -> Bool { text.withUTF8Buffer { sameBytes($0, bytes) } }
}

extension JSONTape {
  fileprivate func member(_ index: Int, _ key: StaticString) -> Int? { key.withUTF8Buffer { member(index, $0) } }
}
