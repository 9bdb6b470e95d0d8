import JSON

/// One walk over an object for its markings: keys are compared on the tape, and no text is made where nothing is found.
struct MarkingWalk {
  private let document: JSONDocument
  private let tape: JSONTape
  private let definitions: MarkingDefinitions
  private var found = ObjectMarkings()
  /// The list of markings read last, and what it says: hardly any bundle has more than a few.
  private var last: (index: Int, markings: ObjectMarkings)?

  init(_ document: JSONDocument, _ definitions: MarkingDefinitions) {
    self.document = document
    self.definitions = definitions
    tape = document.tape
  }

  mutating func markings(of object: Int) -> ObjectMarkings {
    found = ObjectMarkings()
    walkMembers(of: object, isTop: true)
    return found
  }

  private mutating func walkMembers(of index: Int, isTop: Bool) {
    let end = tape.close(index)
    var at = index + 1
    while at < end {
      let value = at + 1
      let tag = tape.tag(value)
      let name = tape.bytes(at)
      // Wherever they stand: a marking that is misplaced still says what its author wanted.
      if name.isName("object_marking_refs") {
        readReferences(value)
      } else if name.isName("granular_markings") {
        found.add(MarkingScan.granular(JSONValue(document: document, index: value), definitions: definitions))
      } else if tag == JSONTape.Tag.object {
        walkMembers(of: value, isTop: false)
      } else if tag == JSONTape.Tag.array {
        if isTop, name.isName("labels") { readLabels(value) }
        walkElements(of: value)
      }
      at = tape.next(value)
    }
  }

  private mutating func walkElements(of index: Int) {
    let end = tape.close(index)
    var at = index + 1
    while at < end {
      switch tape.tag(at) {
      case JSONTape.Tag.object: walkMembers(of: at, isTop: false)
      case JSONTape.Tag.array: walkElements(of: at)
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

  /// Tags that stand among an object's labels; what is no tag of ours says nothing.
  private mutating func readLabels(_ list: Int) {
    let end = tape.close(list)
    var at = list + 1
    while at < end {
      if tape.tag(at) == JSONTape.Tag.string, MachineTag.couldHandle(tape.bytes(at)) {
        let text = String(decoding: tape.bytes(at), as: UTF8.self)
        found.add(ObjectMarkings(tag: text, id: String(text.prefix(80))))
      }
      at = tape.next(at)
    }
  }
}
