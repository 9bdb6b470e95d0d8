import JSON
import STIX

/// Finds what in a message is personal, names a victim, or is free text. Unclear means victim: only what the message
/// itself ties to an attacker counts as an attacker's.
struct FieldScan {
  private let graph: ObjectGraph
  private var places: [String: Int] = [:]
  private var isAttackers: Set<Int> = []
  private var isVictim: Set<Int> = []
  private var isCreator: Set<Int> = []

  init(_ graph: ObjectGraph) {
    self.graph = graph
    for object in graph.objects where places[object.id] == nil { places[object.id] = object.index }
    for object in graph.objects { tie(object) }
    var queue = Array(isAttackers)
    while let index = queue.popLast() {
      let object = graph.objects[index]
      for key in ["resolves_to_refs", "object_refs"] {
        for target in targets(object, key) where isAttackers.insert(target).inserted { queue.append(target) }
      }
    }
  }

  /// Who is on which side of the ties that an object makes.
  private mutating func tie(_ object: STIXObject) {
    if let creator = target(object, "created_by_ref") { isCreator.insert(creator) }
    switch object.type {
    case "relationship":
      guard let source = target(object, "source_ref"), let target = target(object, "target_ref") else { return }
      let type = object.value["relationship_type"]?.string ?? ""
      if Self.hostile.contains(type) {
        isVictim.insert(target)
      } else if !Self.neutral.contains(type) {
        if Self.attackers.contains(graph.objects[source].type) { isAttackers.insert(target) }
        if Self.attackers.contains(graph.objects[target].type) { isAttackers.insert(source) }
      }
    case "sighting": isVictim.formUnion(targets(object, "where_sighted_refs"))
    case "malware": isAttackers.formUnion(targets(object, "sample_refs"))
    case "malware-analysis":
      isAttackers.formUnion(targets(object, "analysis_sco_refs"))
      if let sample = target(object, "sample_ref") { isAttackers.insert(sample) }
    default: break
    }
  }

  private static let attackers: Set<String> = [
    "indicator", "malware", "infrastructure", "threat-actor", "intrusion-set", "campaign", "tool",
  ]
  private static let hostile: Set<String> = ["targets", "compromises", "impersonates", "exfiltrates-to-victim"]
  private static let neutral: Set<String> = ["located-at", "related-to", "duplicate-of", "derived-from"]

  private func target(_ object: STIXObject, _ key: String) -> Int? {
    object.value[key]?.string.flatMap { places[$0] }
  }

  private func targets(_ object: STIXObject, _ key: String) -> [Int] {
    (object.value[key].map { Array($0.elements) } ?? []).compactMap { $0.string.flatMap { places[$0] } }
  }

  func fields(of index: Int) -> [SensitiveField] {
    let object = graph.objects[index]
    var fields: [SensitiveField] = []
    let isAttackers = isAttackers.contains(index) && !isVictim.contains(index)
    let person: FieldClass = isAttackers ? .attackerPerson : .person
    func value(_ form: PseudonymForm) {
      if !isAttackers { fields.append(SensitiveField("value", .victimInfrastructure, form, isEssential: true)) }
    }
    switch object.type {
    case "ipv4-addr": value(.ipv4)
    case "ipv6-addr": value(.ipv6)
    case "domain-name": value(.domain)
    case "mac-addr": value(.mac)
    case "url":
      value(.url)
      if object.value["value"]?.string?.contains("?") ?? false {
        fields.append(SensitiveField("value", .urlQuery, .url))
      }
    case "email-addr":
      fields.append(SensitiveField("value", person, .email, isEssential: true))
      if object.value["display_name"] != nil { fields.append(SensitiveField("display_name", person, .person)) }
    case "user-account":
      for key in ["account_login", "user_id", "display_name"] where object.value[key] != nil {
        fields.append(SensitiveField(key, person, .account, isEssential: true))
      }
      if object.value["credential"] != nil { fields.append(SensitiveField("credential", .payload, .text)) }
    case "email-message":
      for key in ["subject", "body", "raw_email_ref", "body_multipart", "additional_header_fields", "received_lines"]
      where object.value[key] != nil { fields.append(SensitiveField(key, .payload, .text)) }
    case "artifact":
      if object.value["payload_bin"] != nil {
        fields.append(SensitiveField("payload_bin", .payload, .text, isEssential: true))
      }
    case "observed-data":
      if object.value["objects"] != nil { fields.append(SensitiveField("objects", .payload, .text, isEssential: true)) }
    case "process":
      if object.value["command_line"] != nil { fields.append(SensitiveField("command_line", .freeText, .text)) }
    case "identity": fields += identity(object, person)
    case "note": fields.append(SensitiveField("content", .freeText, .text, isEssential: true))
    default: break
    }
    texts(object.value, JSONPointer.root, isTop: true, depth: 0, &fields)
    return fields
  }

  private func identity(_ object: STIXObject, _ person: FieldClass) -> [SensitiveField] {
    var fields: [SensitiveField] = []
    let ours = JSONPointer(tokens: ["extensions", Topics.extensionID])
    let isReporter =
      (isCreator.contains(object.index) || graph.classes[graph.classOf[object.index]].isIdentityOf != nil)
      && !isVictim.contains(object.index)
    let kind = object.value["identity_class"]?.string?.lowercased()
    if kind == "individual" {
      fields.append(SensitiveField("name", person, .person, isEssential: true))
    } else if kind != "class", !isReporter {
      fields.append(SensitiveField("name", .victimOrganisation, .organisation, isEssential: true))
      for key in Self.namesOfOrganisations where object.value.at(ours.appending(key)) != nil {
        fields.append(SensitiveField(ours.appending(key), .victimOrganisation, .text))
      }
    }
    let contact = kind == "individual" ? person : .reporterContact
    if object.value["contact_information"] != nil {
      fields.append(SensitiveField("contact_information", contact, .text))
    }
    if object.value.at(ours.appending("contact")) != nil {
      fields.append(SensitiveField(ours.appending("contact"), contact, .text))
    }
    return fields
  }

  private static let namesOfOrganisations = [
    "registration", "address", "website", "trade_names", "tracking_number", "parent", "identifiers",
  ]

  private static let textKeys: Set<String> = [
    "description", "abstract", "content", "explanation", "comment", "statement",
  ]

  /// Members that hold what somebody wrote, and custom properties, of which nobody knows what they hold.
  private func texts(
    _ value: JSONValue, _ pointer: JSONPointer, isTop: Bool, depth: Int, _ fields: inout [SensitiveField]
  ) {
    guard depth < 16 else { return }
    for (key, member) in value.members {
      if isTop, key == "content" { continue }
      let isText = member.kind == .string && Self.textKeys.contains(key)
      if isText || isTop && key.hasPrefix("x_") {
        fields.append(SensitiveField(pointer.appending(key), .freeText, .text))
      } else if member.kind == .object {
        texts(member, pointer.appending(key), isTop: false, depth: depth + 1, &fields)
      } else if member.kind == .array {
        for (place, element) in member.elements.enumerated() where element.kind == .object {
          texts(element, pointer.appending(key).appending(place), isTop: false, depth: depth + 1, &fields)
        }
      }
    }
  }
}
