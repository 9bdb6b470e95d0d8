import JSON

/// What the specification recommends for one object: every finding is a warning.
struct ObjectAdvice {
  let object: STIXObject
  private(set) var findings: [STIXFinding] = []

  init(_ object: STIXObject) { self.object = object }

  var value: JSONValue { object.value }

  mutating func run() {
    adviseOnIdentity()
    adviseOnVocabularies()
    adviseOnKillChains()
    adviseOnExternalReferences()
    adviseOnCustomContent()
    if object.kind == .observable { adviseOnObservable() }
    switch object.type {
    case "extension-definition": adviseOnExtensionDefinition()
    case "indicator": adviseOnIndicator()
    case "location": adviseOnCountry()
    case "malware-analysis": adviseOnProduct()
    case "marking-definition": adviseOnMarkingType()
    case "observed-data": adviseOnDeprecatedObjects()
    case "relationship": adviseOnRelationship()
    default: break
    }
  }

  mutating func add(_ rule: STIXRule, at tokens: [String], _ message: String) {
    findings.append(rule.finding(at: object.pointer.appending(JSONPointer(tokens: tokens)), message))
  }

  // MARK: Every object

  private mutating func adviseOnIdentity() {
    if let creator = value["created_by_ref"]?.string, !creator.hasPrefix("identity--") {
      add(.creatorType, at: ["created_by_ref"], "created_by_ref is \(creator), which is no identity")
    }
    guard let id = STIXID(object.id) else { return }
    let isObservable = object.kind == .observable
    if !isObservable || object.type == "process" {
      let mayBeDerived = object.kind == .custom && usesExtension(["new-sco"])
      if id.version != 4, !(mayBeDerived && id.version == 5) {
        add(
          .idVersion, at: ["id"],
          "id has a UUID of version \(id.version); identifiers of \(object.type) objects are random, version 4")
      }
      return
    }
    let derived = DeterministicID.sco(of: value)
    if id.version != 5 {
      guard let derived else { return }
      add(
        .idVersion, at: ["id"],
        "id has a UUID of version \(id.version); observables have version 5, derived from their content: \(derived)")
    } else if let derived, id.canonical != derived {
      add(
        .idDerived, at: ["id"],
        "id is \(object.id); derived from \(Self.contributors(of: object)) it is \(derived)")
    }
  }

  private static func contributors(of object: STIXObject) -> String {
    let names = DeterministicID.contributing[object.type] ?? []
    return names.filter { object.value[$0] != nil }.joined(separator: ", ")
  }

  private mutating func adviseOnVocabularies() {
    for (property, vocabulary) in Vocabulary.uses[object.type] ?? [] {
      guard let found = value[property] else { continue }
      if found.isArray {
        for (place, element) in found.elements.enumerated() {
          advise(element.string, on: vocabulary, at: [property, String(place)])
        }
      } else {
        advise(found.string, on: vocabulary, at: [property])
      }
    }
  }

  mutating func advise(_ term: String?, on vocabulary: Vocabulary, at tokens: [String]) {
    guard let term, !vocabulary.terms.contains(term) else { return }
    let name = tokens.last.flatMap { Int($0) == nil ? $0 : nil } ?? tokens.dropLast().last ?? ""
    if !Self.isVocabularyForm(term) {
      add(
        .vocabularyForm, at: tokens,
        "\(name) has \"\(term)\"; terms are in lower case with hyphens between words, as in \(vocabulary.name)")
    } else {
      add(.vocabulary, at: tokens, "\(name) has \"\(term)\", which \(vocabulary.name) does not list")
    }
  }

  private mutating func adviseOnKillChains() {
    guard let phases = value["kill_chain_phases"] else { return }
    for (place, phase) in phases.elements.enumerated() {
      for name in ["kill_chain_name", "phase_name"] {
        guard let term = phase[name]?.string, !Self.isVocabularyForm(term) else { continue }
        add(
          .killChainName, at: ["kill_chain_phases", String(place), name],
          "\(name) is \"\(term)\"; names of kill chains and phases are in lower case with hyphens between words")
      }
    }
  }

  /// Lower case, no spaces, no underscores, at least one letter.
  static func isVocabularyForm(_ term: String) -> Bool {
    var hasLetter = false
    for scalar in term.unicodeScalars {
      if scalar == "_" || scalar == " " || scalar.properties.isUppercase { return false }
      hasLetter = hasLetter || scalar.properties.isLowercase
    }
    return hasLetter
  }

  private mutating func adviseOnExternalReferences() {
    guard let references = value["external_references"] else { return }
    for (place, reference) in references.elements.enumerated()
    where reference["url"] != nil && reference["hashes"] == nil {
      add(
        .externalReferenceHashes, at: ["external_references", String(place)],
        "the reference to \(reference["source_name"]?.string ?? "a source") has a url and no hashes of what is there")
    }
  }

  // MARK: Single types

  private mutating func adviseOnIndicator() {
    for name in ["name", "description"] where value[name] == nil {
      add(.indicatorWords, at: [], "\(object.id) has no \(name), which tells people what it is about")
    }
  }

  private mutating func adviseOnCountry() {
    guard let country = value["country"]?.string, !Registries.countries.contains(country.uppercased()) else { return }
    add(.country, at: ["country"], "country is \"\(country)\", which is no code of ISO 3166-1 alpha-2 such as PL or US")
  }

  private mutating func adviseOnProduct() {
    guard let product = value["product"]?.string else { return }
    let isForm = product.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
    }
    if !isForm || product.isEmpty {
      add(
        .productName, at: ["product"], "product is \"\(product)\"; names of products are lower-case words and hyphens")
    }
  }

  private mutating func adviseOnMarkingType() {
    guard let type = value["definition_type"]?.string, type != "statement", type != "tlp" else { return }
    add(
      .markingType, at: ["definition_type"],
      "definition_type is \"\(type)\"; other markings than statement and tlp are made by extensions")
  }

  private mutating func adviseOnDeprecatedObjects() {
    guard let objects = value["objects"] else { return }
    add(.deprecated, at: ["objects"], "objects is deprecated: list the observables in the bundle and in object_refs")
    for (key, _) in objects.members where key.isEmpty || !key.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      add(.observableKey, at: ["objects", key], "the key \"\(key)\" is no whole number")
    }
  }

  private mutating func adviseOnExtensionDefinition() {
    if value["description"] == nil {
      add(.extensionDescription, at: [], "\(object.id) has no description")
    }
    let types = value["extension_types"]?.elements.map { $0.string } ?? []
    if types.contains("toplevel-property-extension"), value["extension_properties"] == nil {
      add(
        .extensionProperties, at: [],
        "\(object.id) extends objects at the top level and does not list its properties in extension_properties")
    }
  }

  private mutating func adviseOnRelationship() {
    guard let kind = value["relationship_type"]?.string, let source = Self.type(value["source_ref"]),
      let target = Self.type(value["target_ref"]), !SuggestedRelationships.common.contains(kind)
    else { return }
    let targets = SuggestedRelationships.targets(from: source, kind)
    if targets.contains(target) { return }
    let message: String
    if targets.isEmpty {
      let kinds = SuggestedRelationships.kinds(from: source)
      message =
        kinds.isEmpty
        ? "the specification suggests no relationship from \(source) but derived-from, duplicate-of and related-to"
        : "relationship_type is \(kind); from \(source) the specification suggests \(kinds.joined(separator: ", "))"
    } else {
      message =
        "\(source) \(kind) \(target) is not among the suggested; this relationship leads to "
        + targets.sorted().joined(separator: ", ")
    }
    add(.relationshipType, at: ["relationship_type"], message)
  }

  private static func type(_ reference: JSONValue?) -> String? { reference?.string.flatMap { STIXID($0)?.type } }
}
