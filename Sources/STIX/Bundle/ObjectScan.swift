import JSON

/// One walk over an object that collects its markings and every mention of another object.
struct ObjectScan {
  private let ownID: String
  private let ownUUID: String
  private let type: String
  private let isCustom: Bool
  private let ids: IDTable
  private let definitions: MarkingDefinitions
  /// The tokens that lead to where the walk is.
  private var path: [String] = []
  var markings = ObjectMarkings()
  private(set) var references: [STIXReference] = []

  init(id: String, type: String, ids: IDTable, definitions: MarkingDefinitions) {
    ownID = id.lowercased()
    ownUUID = String(decoding: id.utf8.suffix(UUIDText.length), as: UTF8.self).lowercased()
    self.type = type
    isCustom = ObjectKind(type: type) == .custom
    self.ids = ids
    self.definitions = definitions
  }

  mutating func scan(_ object: JSONValue) {
    // The object's own id and type are texts, or the bundle would not have been read.
    for (key, value) in object.members where key != "id" && key != "type" { scanMember(key, value) }
  }

  private mutating func scanMember(_ key: String, _ value: JSONValue) {
    path.append(key)
    defer { path.removeLast() }
    mention(in: key)
    // Wherever they stand: a marking that is misplaced still says what its author wanted.
    if key == "object_marking_refs" || key == "granular_markings" {
      markings.add(MarkingScan.markings(member: key, value, definitions: definitions))
      scanValue(value, isMarking: true)
      return
    }
    switch value.kind {
    case .string where key.hasSuffix("_ref"):
      let isRequired = ReferenceFields.isRequired(path, type: isCustom ? nil : type)
      mention(in: value, whole: isRequired ? .required : .optional)
    case .array where key.hasSuffix("_refs"):
      for (index, element) in value.elements.enumerated() {
        path.append(String(index))
        if element.kind == .string {
          mention(in: element, whole: .item)
        } else {
          scanValue(element, isMarking: false)
        }
        path.removeLast()
      }
    default:
      scanValue(value, isMarking: false)
    }
  }

  /// A value that is not a reference property: whatever it mentions is embedded, or a marking.
  private mutating func scanValue(_ value: JSONValue, isMarking: Bool) {
    switch value.kind {
    case .string:
      mention(in: value, whole: isMarking ? .required : .embedded, isMarking: isMarking)
    case .array:
      for (index, element) in value.elements.enumerated() {
        path.append(String(index))
        scanValue(element, isMarking: isMarking)
        path.removeLast()
      }
    case .object:
      for (key, member) in value.members {
        guard isMarking else {
          scanMember(key, member)
          continue
        }
        path.append(key)
        mention(in: key)
        scanValue(member, isMarking: true)
        path.removeLast()
      }
    default:
      break
    }
  }

  private mutating func mention(in value: JSONValue, whole: STIXReference.Place, isMarking: Bool = false) {
    withExtendedLifetime(value.document) {
      let bytes = value.document.tape.bytes(value.index)
      guard bytes.count >= UUIDText.length else { return }
      add(IDMention.find(in: bytes), whole: whole, other: .embedded, isMarking: isMarking)
    }
  }

  private mutating func mention(in key: String) {
    guard key.utf8.count >= UUIDText.length else { return }
    add(IDMention.find(in: key), whole: .key, other: .key, isMarking: false)
  }

  private mutating func add(
    _ mentions: [IDMention], whole: STIXReference.Place, other: STIXReference.Place, isMarking: Bool
  ) {
    for mention in mentions where !(mention.prefix.isEmpty && mention.uuid == ownUUID) {
      let place = mention.isWhole ? whole : other
      let targets =
        place == .embedded
        ? ids.targets(prefix: mention.prefix, uuid: mention.uuid)
        : ids.whole(prefix: mention.prefix, uuid: mention.uuid)
      for target in targets where target.lowercased() != ownID {
        references.append(
          STIXReference(
            pointer: JSONPointer(tokens: path), target: target, place: place,
            isMarking: isMarking && mention.prefix == "marking-definition--"))
      }
    }
  }
}
