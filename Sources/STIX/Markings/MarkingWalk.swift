import JSON

/// One walk over an object for its markings: keys are compared on the tape, and no text is made where nothing is found.
///
/// What stands where STIX has a place for markings marks. What says the same anywhere else (an extension that belongs
/// into a marking-definition, a member that is named after a label, a tag in a custom property, the first words of a
/// description) narrows and never widens: ``ObjectMarkings/spoken``.
struct MarkingWalk {
  private let document: JSONDocument
  private let tape: JSONTape
  private let definitions: MarkingDefinitions
  private var found = ObjectMarkings()
  /// The list of markings read last, and what it says: hardly any bundle has more than a few.
  private var last: (index: Int, markings: ObjectMarkings)?
  /// The object's type, and the member of it that is being walked.
  private var type = ""
  private var top = 0
  /// Definitions of markings and extensions say what others are marked with.
  private var isDefinition = false
  /// Whether the walk is in a carrier.
  private var isCarried = false

  /// Extensions in which an adapter carries parts of a native document. It has read their labels, and takes one that
  /// nobody knows for RED; so does this.
  private static func isCarrier(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    name.isName("extension-definition--2f6d5b0e-8a41-4f7c-b3de-90c1a7e45d12")
      || name.isName("extension-definition--b1f0c9d4-73c5-4c0e-8a55-2f6f6f0d9e37")
  }

  init(_ document: JSONDocument, _ definitions: MarkingDefinitions) {
    self.document = document
    self.definitions = definitions
    tape = document.tape
  }

  mutating func markings(of object: Int, type: String) -> ObjectMarkings {
    found = ObjectMarkings()
    self.type = type
    isDefinition = type == "marking-definition" || type == "extension-definition"
    walkMembers(of: object, isTop: true)
    return found
  }

  private mutating func walkMembers(of index: Int, isTop: Bool, areExtensions: Bool = false) {
    let end = tape.close(index)
    var at = index + 1
    while at < end {
      let value = at + 1
      let tag = tape.tag(value)
      let name = tape.bytes(at)
      if isTop { (top, isCarried) = (at, false) }
      if areExtensions { isCarried = Self.isCarrier(name) }
      // Wherever they stand: a marking that is misplaced still says what its author wanted.
      if name.isName("object_marking_refs") {
        readReferences(value)
      } else if name.isName("granular_markings") {
        found.add(MarkingScan.granular(JSONValue(document: document, index: value), definitions: definitions))
      } else if isTop, name.isName("type") || name.isName("id") {
        // Read already.
      } else {
        if !isDefinition { readMember(name, value, of: index, isTop: isTop) }
        if tag == JSONTape.Tag.object {
          walkMembers(of: value, isTop: false, areExtensions: isTop && name.isName("extensions"))
        } else if tag == JSONTape.Tag.array {
          walkElements(of: value, isTop: isTop)
        } else if tag == JSONTape.Tag.string {
          readText(value)
        }
      }
      at = tape.next(value)
    }
  }

  /// - Parameter isTop: the list is a member of the object itself, as STIX has `labels`.
  private mutating func walkElements(of index: Int, isTop: Bool = false) {
    let end = tape.close(index)
    var at = index + 1
    while at < end {
      switch tape.tag(at) {
      case JSONTape.Tag.object: walkMembers(of: at, isTop: false)
      case JSONTape.Tag.array: walkElements(of: at)
      case JSONTape.Tag.string: readText(at, isItem: isTop)
      default: break
      }
      at = tape.next(at)
    }
  }

  private mutating func readReferences(_ value: Int) {
    if let last, tape.equal(value, tape, last.index) { return found.add(last.markings) }
    let markings = MarkingScan.references(JSONValue(document: document, index: value), definitions: definitions)
    last = (value, markings)
    found.add(markings)
  }

  // MARK: What narrows

  /// A member that is a marking by its name, or an extension that says what a marking-definition should.
  private mutating func readMember(_ name: UnsafeBufferPointer<UInt8>, _ value: Int, of parent: Int, isTop: Bool) {
    if isTop, name.isName("extensions"), tape.tag(value) == JSONTape.Tag.object {
      let object = JSONValue(document: document, index: parent)
      for (key, part) in JSONValue(document: document, index: value).members {
        guard let said = MarkingDefinitions.misplaced(extension: key, value: part, beside: object) else { continue }
        found.add(said.asSpoken)
      }
    } else if name.isName("control_set") {
      let said = ACSMarking.read(JSONValue(document: document, index: parent))
      found.add(said?.asSpoken ?? ObjectMarkings(unknown: "control_set"))
    } else if let kind = SpokenName.kind(of: name) {
      let name = String(decoding: name, as: UTF8.self)
      readNamed(JSONValue(document: document, index: value), kind, name)
    }
  }

  private mutating func readNamed(_ value: JSONValue, _ kind: SpokenName.Kind, _ name: String) {
    let unreadable = isCarried ? ObjectMarkings(spoken: .red) : ObjectMarkings(unknown: name)
    switch value.kind {
    case .array: for element in value.elements { readNamed(element, kind, name) }
    case .object:
      // `{"tlp": {"label": "AMBER", "url": ...}}`: what it holds is looked at member by member.
      let words = value.members.compactMap { key, member in
        ["label", "name", "value", "level", "color", "colour"].contains(key.lowercased()) ? member : nil
      }
      if words.isEmpty { found.add(unreadable) }
      for word in words { readNamed(word, kind, name) }
    case .string: found.add(said(value.string ?? "", kind) ?? unreadable)
    default: found.add(unreadable)
    }
  }

  /// The value of a member that is named after what it says; nil where it cannot be read.
  private func said(_ text: String, _ kind: SpokenName.Kind) -> ObjectMarkings? {
    var words = FoldedText(text).words
    switch kind {
    case .tlp:
      if words.first == "tlp" { words.removeFirst() }
      return SpokenLabel.label(words).flatMap { $0.words == words.count ? ObjectMarkings(spoken: $0.0) : nil }
    case .pap:
      if words.first == "pap" { words.removeFirst() }
      guard words.count == 1, let label = PAP(label: "PAP:" + words[0]) else { return nil }
      var markings = ObjectMarkings()
      markings.pap = label
      return markings
    case .consent:
      guard words.count == 1, let consent = SourceConsent(rawValue: words[0]) else { return nil }
      var markings = ObjectMarkings()
      markings.consent = consent
      return markings
    case .other: return nil
    }
  }

  /// - Parameter isItem: it is an entry of a list that is a member of the object: among `labels` it marks.
  private mutating func readText(_ value: Int, isItem: Bool = false) {
    guard !isDefinition else { return }
    let bytes = tape.bytes(value)
    let couldHandle = MachineTag.couldHandle(bytes)
    guard couldHandle || FoldedText.couldMatter(bytes), let place = place else { return }
    if place == .prose, !FoldedText.couldBegin(bytes) { return }
    let text = FoldedText(bytes)
    func id() -> String { String(decoding: bytes.prefix(80), as: UTF8.self) }
    let exact =
      couldHandle && place != .prose
      ? ObjectMarkings(tag: String(decoding: bytes, as: UTF8.self), id: id()) : ObjectMarkings()
    if !exact.isEmpty, exact.unknown.isEmpty { return found.add(place == .tag && isItem ? exact : exact.asSpoken) }
    let spoken = SpokenLabel.read(text, place, id: id())
    let said = spoken.isEmpty ? exact : spoken
    found.add(isCarried && !said.unknown.isEmpty ? ObjectMarkings(spoken: .red) : said)
  }

  /// What texts below the member that is being walked are taken for; nil where they say nothing of handling.
  private var place: SpokenLabel.Place? {
    let name = String(decoding: tape.bytes(top), as: UTF8.self)
    if name == "labels" { return .tag }
    if name == "extensions" { return .custom }
    if Self.prose.contains(name) { return .prose }
    return ObjectKind(type: type) == .custom || !KnownProperties.holds(type, name) ? .custom : nil
  }

  private static let prose: Set<String> = [
    "name", "description", "abstract", "content", "contents", "explanation", "objective", "external_references",
    "subject", "body",
  ]
}
