import JSON
import STIX

/// Galaxies: knowledge about actors, malware and techniques that stands at events and at parts of them.
extension EventReading {
  /// All clusters of the event, so that tags can be told from labels wherever they stand.
  mutating func addClusters(_ event: SourceEvent) {
    for cluster in event.context.clusters { addCluster(cluster, ofEvent: true) }
    for attribute in event.attributes {
      for cluster in attribute.context.clusters { addCluster(cluster, ofEvent: false) }
    }
    for object in event.objects {
      for cluster in object.context.clusters { addCluster(cluster, ofEvent: false) }
      for attribute in object.attributes {
        for cluster in attribute.context.clusters { addCluster(cluster, ofEvent: false) }
      }
    }
    for tag in event.context.tags {
      if let id = clusterByTag[tag.name] { reading.addSources([tag.place], to: id) }
    }
  }

  /// A cluster is one object, wherever it stands.
  mutating func addCluster(_ cluster: SourceCluster, ofEvent: Bool) {
    if let id = clusterOf[cluster.key] {
      reading.addSources([cluster.place], to: id)
      return
    }
    let type = GalaxyTypes.stix(cluster.galaxyType)
    let (id, isOwn) = reading.id(type, cluster.uuid)
    clusterOf[cluster.key] = id
    clusterByTag[cluster.tagName] = id
    mainOf[cluster.uuid] = mainOf[cluster.uuid] ?? id
    let isTagged = ofEvent && (event?.context.tags.contains { $0.name == cluster.tagName } ?? false)
    reading.add(id, from: [cluster.place]) { object in
      head(&object, type, id, created: time, modified: time, marking, isCreated: false)
      writeKnowledge(cluster, type, to: &object)
      object.member("labels") { list in
        list.array { list in
          list.string(MISPExtension.label("galaxy-name", cluster.galaxyName))
          list.string(MISPExtension.label("galaxy-type", cluster.galaxyType))
        }
      }
      writeExtension(&object) { kept in
        kept.member("kind", "cluster")
        if !isOwn { kept.member("uuid", cluster.uuid) }
        kept.member("value", cluster.value)
        if cluster.type != cluster.galaxyType { kept.member("type", cluster.type) }
        kept.member("tag_name", cluster.tagName)
        kept.member("galaxy") { galaxy in
          galaxy.object { galaxy in
            if let uuid = cluster.galaxyUUID { galaxy.member("uuid", uuid) }
            galaxy.member("name", cluster.galaxyName)
            galaxy.member("type", cluster.galaxyType)
            if let text = cluster.galaxyDescription { galaxy.member("description", text) }
          }
        }
        if ofEvent { kept.member("of_event", true) }
        if isTagged { kept.member("tagged", true) }
        if let meta = cluster.meta.flatMap(Self.filled) {
          kept.key("meta")
          kept.raw(meta)
        }
      }
    }
    content.append(id)
  }

  /// What the types of STIX have properties for; the rest of the cluster stands in our extension.
  private func writeKnowledge(_ cluster: SourceCluster, _ type: String, to object: inout JSONWriter) {
    let meta = cluster.meta
    func texts(_ name: String) -> [String] {
      guard let value = meta?[name] else { return [] }
      let found = value.isArray ? value.elements.compactMap(\.string) : [value.string].compactMap(\.self)
      var seen: Set<String> = []
      return found.filter { !$0.isEmpty && seen.insert($0).inserted }
    }
    let number = texts("external_id").first
    // Names of ATT&CK end in the number of what they name.
    let name = number.map { cluster.value.hasSuffix(" - \($0)") ? String(cluster.value.dropLast(3 + $0.count)) : nil }
    let plain = (name ?? nil) ?? cluster.value
    let description = cluster.description.flatMap { $0.isEmpty ? nil : $0 }
    switch type {
    case "location":
      object.member("name", plain)
      if let code = texts("ISO").first, code.utf8.count == 2 {
        object.member("country", code.uppercased())
      } else if let region = GalaxyTypes.region(cluster.value) {
        object.member("region", region)
      } else {
        object.member("region", plain.lowercased())
      }
    case MISPExtension.customCluster:
      object.member("x_misp_name", cluster.galaxyName)
      object.member("x_misp_type", cluster.type)
      object.member("x_misp_value", cluster.value)
      if let description { object.member("x_misp_description", description) }
      return
    default: object.member("name", plain)
    }
    if let description { object.member("description", description) }
    switch type {
    case "malware": object.member("is_family", true)
    case "identity":
      object.member("identity_class", "class")
      return
    default: break
    }
    let synonyms = texts("synonyms").filter { $0 != plain }
    if !synonyms.isEmpty, GalaxyTypes.haveAliases.contains(type) { object.member("aliases", synonyms) }
    writeReferences(cluster, number, urls: texts("refs"), to: &object)
    let phases = texts("kill_chain").compactMap { phase -> (String, String)? in
      let parts = phase.split(separator: ":")
      guard parts.count >= 2, let chain = parts.first, let name = parts.last else { return nil }
      return (String(chain), String(name))
    }
    guard !phases.isEmpty, ["attack-pattern", "malware", "tool"].contains(type) else { return }
    object.member("kill_chain_phases") { list in
      list.array { list in
        for (chain, phase) in phases {
          list.object { object in
            object.member("kill_chain_name", chain)
            object.member("phase_name", phase)
          }
        }
      }
    }
  }

  private func writeReferences(
    _ cluster: SourceCluster, _ number: String?, urls: [String], to object: inout JSONWriter
  ) {
    let urls = urls.filter(GalaxyTypes.isURL)
    guard number != nil || !urls.isEmpty else { return }
    object.member("external_references") { list in
      list.array { list in
        if let number {
          let galaxy = cluster.galaxyType.hasPrefix("mitre-") ? "mitre-attack" : cluster.galaxyType
          ExternalNumber.reference(source: ExternalNumber.register(of: number) ?? galaxy, id: number, to: &list)
        }
        for url in urls {
          list.object { reference in
            reference.member("source_name", "url")
            reference.member("url", url)
          }
        }
      }
    }
  }

  /// The meta of a cluster without what says nothing: STIX knows no empty lists.
  private static func filled(_ meta: JSONValue) -> [UInt8]? {
    let members = meta.members.filter { !MISPValue.isBlank($0.value) && !$0.key.isEmpty && hasNoBlanks($0.value) }
    guard !members.isEmpty else { return nil }
    var writer = JSONWriter()
    writer.object { object in for (name, value) in members { object.member(name, value) } }
    return writer.bytes
  }

  private static func hasNoBlanks(_ value: JSONValue) -> Bool {
    switch value.kind {
    case .array: value.count > 0 && value.elements.allSatisfy { hasNoBlanks($0) }
    case .object: value.count > 0 && value.members.allSatisfy { hasNoBlanks($0.value) }
    case .null: false
    default: true
    }
  }

  /// Relationships from a part to the clusters that stand at it or are named by its tags.
  mutating func addClusterRelationships(
    _ context: SourceContext, of main: String, _ marking: PartMarking, _ time: Timestamp
  ) {
    var done: Set<String> = []
    for cluster in context.clusters {
      guard let target = clusterOf[cluster.key], done.insert(target).inserted else { continue }
      let tags = context.tags.filter { clusterByTag[$0.name] == target }.map(\.place)
      relate(main, toCluster: target, marking, time, galaxy: cluster.place, tags: tags)
    }
    for tag in context.tags {
      guard let target = clusterByTag[tag.name], done.insert(target).inserted else { continue }
      relate(main, toCluster: target, marking, time, galaxy: nil, tags: [tag.place])
    }
  }

  private mutating func relate(
    _ main: String, toCluster target: String, _ marking: PartMarking, _ time: Timestamp, galaxy: JSONPointer?,
    tags: [JSONPointer]
  ) {
    // A tag names the cluster: without the cluster it goes too.
    reading.addSources(tags, to: target)
    let type = String(target.prefix(target.utf8.count - 38))
    let isIndicated = main.hasPrefix("indicator--") && GalaxyTypes.areIndicated.contains(type)
    let id = "relationship--" + MISPID.uuid("cluster", main, target)
    guard !reading.contains(id) else { return reading.addSources(([galaxy].compactMap(\.self)) + tags, to: id) }
    reading.add(id, from: ([galaxy].compactMap(\.self)) + tags) { object in
      head(&object, "relationship", id, created: time, modified: time, marking)
      object.member("relationship_type", isIndicated ? "indicates" : "related-to")
      object.member("source_ref", main)
      object.member("target_ref", target)
      writeExtension(&object) { kept in
        kept.member("kind", "cluster-of")
        kept.member("galaxy", galaxy != nil)
        kept.member("tag", !tags.isEmpty)
      }
    }
    content.append(id)
  }
}

/// What the galaxies that MISP publishes are in STIX.
enum GalaxyTypes {
  static func stix(_ galaxy: String) -> String {
    if galaxy.hasPrefix("stix-2.1-") {
      let type = String(galaxy.dropFirst("stix-2.1-".count))
      return written.contains(type) ? type : MISPExtension.customCluster
    }
    return types[galaxy] ?? (galaxy.hasSuffix("attack-pattern") ? "attack-pattern" : MISPExtension.customCluster)
  }

  /// The types that our own events have galaxies of.
  private static let written: Set<String> = [
    "attack-pattern", "course-of-action", "infrastructure", "intrusion-set", "malware", "threat-actor", "tool",
    "campaign", "vulnerability",
  ]

  private static let types: [String: String] = {
    var types: [String: String] = [:]
    for (type, galaxies) in [
      ("threat-actor", ["threat-actor", "microsoft-activity-group", "360net-threat-actor"]),
      ("intrusion-set", ["mitre-intrusion-set", "mitre-enterprise-attack-intrusion-set"]),
      (
        "malware",
        [
          "mitre-malware", "mitre-enterprise-attack-malware", "mitre-mobile-attack-malware", "malpedia", "ransomware",
          "rat", "banker", "backdoor", "stealer", "botnet", "android", "cryptominers",
        ]
      ),
      ("tool", ["mitre-tool", "mitre-enterprise-attack-tool", "tool", "exploit-kit", "tds"]),
      (
        "course-of-action",
        ["mitre-course-of-action", "mitre-enterprise-attack-course-of-action", "preventive-measure"]
      ),
      ("attack-pattern", ["mitre-attack-pattern", "mitre-pre-attack-attack-pattern", "o365-exchange-techniques"]),
      ("vulnerability", ["branded-vulnerability"]),
      ("campaign", ["mitre-campaign", "stix-2.1-campaign"]),
      ("location", ["country", "region"]),
      ("identity", ["sector"]),
    ] as [(String, [String])] {
      for galaxy in galaxies { types[galaxy] = type }
    }
    return types
  }()

  static let haveAliases: Set<String> = [
    "attack-pattern", "campaign", "infrastructure", "intrusion-set", "malware", "threat-actor", "tool",
  ]

  /// What an indicator may indicate (STIX 2.1 section 4.7).
  static let areIndicated: Set<String> = [
    "attack-pattern", "campaign", "infrastructure", "intrusion-set", "malware", "threat-actor", "tool",
  ]

  /// Regions of the United Nations' list, as MISP writes them: `150 - Europe`.
  static func region(_ value: String) -> String? {
    guard let dash = value.firstRange(of: " - ") else { return nil }
    let name = value[dash.upperBound...].lowercased().replacing(" ", with: "-")
    return name.isEmpty ? nil : name
  }

  private static let marks = Set("._~:/?#@!$&'()*+,;=[]-".utf8)

  static func isURL(_ text: String) -> Bool {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex else { return false }
    let scheme = text[..<colon].utf8
    guard scheme.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2B }),
      let first = scheme.first, (0x61...0x7A).contains(first | 0x20)
    else { return false }
    let rest = text.utf8[text.utf8.index(after: colon)...]
    var percent = 0
    for byte in rest {
      if percent > 0 {
        guard (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20) else { return false }
        percent -= 1
        continue
      }
      switch byte {
      case UInt8(ascii: "%"): percent = 2
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: break
      default: if !marks.contains(byte) { return false }
      }
    }
    return percent == 0 && !rest.isEmpty
  }
}
