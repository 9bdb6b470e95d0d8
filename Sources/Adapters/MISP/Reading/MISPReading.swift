import Contract
import JSON
import STIX

/// Reads events into a canonical bundle.
///
/// | of the event                                        | in the bundle                                                     |
/// |-----------------------------------------------------|-------------------------------------------------------------------|
/// | `Orgc`                                              | an identity, the creator of everything else                       |
/// | the event itself                                    | a report where it is published, else a grouping, that names all   |
/// | an attribute fit for detection                      | an indicator, and the observables that its pattern is about       |
/// | any other attribute                                 | observed data, and the observables                                |
/// | attributes that STIX has no observable for          | `x-misp-attribute`                                                |
/// | an object of a template that is known               | the same, from what its attributes say together                   |
/// | any other object                                    | `x-misp-object`                                                   |
/// | object references, analysts' relationships          | relationships                                                     |
/// | galaxies, and tags of theirs                        | actors, malware, techniques, ..., and relationships to them       |
/// | sightings                                           | sightings; a false positive is an opinion that strongly disagrees |
/// | event reports, analysts' notes and opinions         | notes and opinions                                                |
/// | `tlp:` tags, distribution, sharing groups           | markings, the strictest of event and part                         |
/// | other tags                                          | labels                                                            |
///
/// Ids are the UUIDs of the event's parts; those of observables follow from what they say.
final class MISPReading {
  let origin: Origin
  let residue = ResidueAccount()
  private(set) var entries: [Entry] = []
  /// The texts of all objects but those of events, one after another.
  private var texts: [UInt8] = []
  /// What objects are written in, one after another.
  private var scratch = JSONWriter()
  private var spelledMarking: (marking: PartMarking, text: [UInt8])?
  private var spelledLabels: [String: [String: [UInt8]]] = [:]
  private var placeOf: [String: Int] = [:]
  private var usedUUIDs: Set<Substring> = []
  var definitions: [String: String] = [:]
  var definitionOrder: [String] = []

  /// One object of the bundle.
  struct Entry {
    var id: String
    var text: Range<Int>
    var sources: [JSONPointer]
  }

  init(origin: Origin) { self.origin = origin }

  /// The bundle of a message, and the places that were not read.
  func read(_ root: JSONValue) throws(AdapterFailure) -> STIXBundle {
    let messages = MISPMessage.parts(of: root, residue)
    guard !messages.events.isEmpty || messages.attributes != nil else {
      throw AdapterFailure(.unreadable, "the message has no event that can be read: one needs a uuid and an info")
    }
    var name = ""
    for part in messages.events {
      guard let event = SourceEvent(part.value, at: part.place, residue) else {
        residue.add(part.place)
        continue
      }
      var reading = EventReading(event, in: self)
      reading.read()
      name += event.uuid + (event.timestamp?.description ?? "")
    }
    if let list = messages.attributes {
      var reading = EventReading(attributesAt: list.place, in: self)
      reading.readLoose(list.value)
      name += origin.messageID
    }
    guard !entries.isEmpty else {
      throw AdapterFailure(.unreadable, "no event of the message can be read: one needs a uuid and an info")
    }
    return try bundle(id: "bundle--" + MISPID.uuid("bundle", name))
  }

  private func bundle(id: String) throws(AdapterFailure) -> STIXBundle {
    let writer = CanonicalWriter()
    writer.reserve(texts.count + entries.count + 4096)
    for marking in definitionOrder { writer.add(text: definitions[marking] ?? "", from: []) }
    for entry in entries { writer.add(bytes: texts[entry.text], from: entry.sources) }
    return try writer.bundle(id: id)
  }

  // MARK: Objects

  func contains(_ id: String) -> Bool { placeOf[id] != nil }

  /// Adds an object that `body` writes, and returns its place.
  @discardableResult
  func add(_ id: String, from sources: [JSONPointer], _ body: (inout JSONWriter) -> Void) -> Int {
    add(id, write(body), from: sources)
  }

  @discardableResult
  private func add(_ id: String, _ text: Range<Int>, from sources: [JSONPointer]) -> Int {
    placeOf[id] = entries.count
    usedUUIDs.insert(id.suffix(36))
    entries.append(Entry(id: id, text: text, sources: sources))
    return entries.count - 1
  }

  /// The place of an object whose text comes later.
  func reserve(_ id: String, from sources: [JSONPointer]) -> Int { add(id, 0..<0, from: sources) }

  func setText(at place: Int, _ body: (inout JSONWriter) -> Void) { entries[place].text = write(body) }

  /// Adds an observable, or finds it equal to the one that has the id; false where that is another.
  func addOrFind(_ id: String, from sources: [JSONPointer], _ body: (inout JSONWriter) -> Void) -> Bool {
    let text = write(body)
    guard let place = placeOf[id] else {
      add(id, text, from: sources)
      return true
    }
    defer { texts.removeSubrange(text) }
    guard texts[entries[place].text] == texts[text] else { return false }
    addSources(sources, to: id)
    return true
  }

  private func write(_ body: (inout JSONWriter) -> Void) -> Range<Int> {
    var writer = scratch
    scratch = JSONWriter()
    writer.reset()
    writer.object(body)
    let start = texts.count
    texts.append(contentsOf: writer.bytes)
    scratch = writer
    return start..<texts.count
  }

  /// The list of a marking's ids, as text: thousands of objects have the same.
  func spelled(_ marking: PartMarking) -> [UInt8] {
    if let spelledMarking, spelledMarking.marking == marking { return spelledMarking.text }
    var writer = JSONWriter()
    writer.array { list in for id in marking.ids { list.string(id) } }
    spelledMarking = (marking, writer.bytes)
    return writer.bytes
  }

  /// A label that keeps a word of MISP, as text: few words are in thousands of objects.
  func spelledLabel(_ name: String, _ value: String) -> [UInt8] {
    if let text = spelledLabels[name]?[value] { return text }
    var writer = JSONWriter()
    writer.string(MISPExtension.label(name, value))
    spelledLabels[name, default: [:]][value] = writer.bytes
    return writer.bytes
  }

  func addSources(_ sources: [JSONPointer], to id: String) {
    guard let place = placeOf[id] else { return }
    for source in sources where !entries[place].sources.contains(source) { entries[place].sources.append(source) }
  }

  /// An id with this UUID, or one that follows from it, where another object has it already or the specification does
  /// not know its form.
  func id(_ type: String, _ uuid: String) -> (id: String, isOwn: Bool) {
    if MISPID.isStandard(uuid), !usedUUIDs.contains(uuid[...]) { return ("\(type)--\(uuid)", true) }
    var attempt = 0
    while true {
      let id = "\(type)--" + MISPID.uuid("again", type, uuid, String(attempt))
      if !contains(id) { return (id, false) }
      attempt += 1
    }
  }

  /// Adds a marking definition, once.
  func define(_ id: String, _ text: @autoclosure () -> String) {
    guard definitions[id] == nil else { return }
    definitions[id] = text()
    definitionOrder.append(id)
  }
}

/// The events of a message, whatever it wraps them in.
enum MISPMessage {
  typealias Part = (value: JSONValue, place: JSONPointer)

  /// `{"Event": …}`, `{"response": [{"Event": …}]}`, `{"response": {"Attribute": […]}}` or `{"Attribute": […]}`.
  static func parts(of root: JSONValue, _ residue: ResidueAccount) -> (events: [Part], attributes: Part?) {
    var events: [Part] = []
    var attributes: Part?
    func take(_ holder: JSONValue, at place: JSONPointer) {
      for (name, value) in holder.members where !MISPValue.isBlank(value) {
        let inside = place.appending(name)
        switch name {
        case "Event" where value.isObject: events.append((value, inside))
        case "Attribute" where value.isArray && attributes == nil: attributes = (value, inside)
        case "response" where place.tokens.isEmpty && value.isObject: take(value, at: inside)
        case "response" where place.tokens.isEmpty && value.isArray:
          for (index, entry) in value.elements.enumerated() { take(entry, at: inside.appending(index)) }
        default: residue.add(inside)
        }
      }
    }
    take(root, at: .root)
    return (events, attributes)
  }
}
