import JSON

/// Rules about what single values say.
extension ObjectCheck {
  mutating func checkPattern() {
    guard object.value["pattern_type"]?.isString("stix") == true, let text = object.value["pattern"]?.string
    else { return }
    do throws(PatternError) {
      for fault in try Pattern(text).faults {
        switch fault {
        case .name: add(.patternNames, "pattern", fault.description)
        case .hash: add(.patternHash, "pattern", fault.description)
        }
      }
    } catch {
      add(.pattern, "pattern", "the pattern cannot be read: \(error)")
    }
  }

  /// A value that is defanged on purpose is no domain name.
  mutating func checkDomainName() {
    guard object.value["defanged"]?.bool != true, let name = object.value["value"]?.string,
      let fault = DomainNames.fault(name)
    else { return }
    add(.domainName, "value", "value is \"\(name.prefix(80))\", which is no domain name: it \(fault)")
  }

  mutating func checkCharacterSet(_ member: String) {
    guard let name = object.value[member]?.string, !CharacterSets.isRegistered(name) else { return }
    add(.characterSet, member, "\(member) is \"\(name)\", which is no character set that IANA registers, such as UTF-8")
  }

  mutating func checkMediaType() {
    guard let type = object.value["mime_type"]?.string, !MediaTypes.isPlausible(type) else { return }
    add(
      .artifactMediaType, "mime_type", "mime_type is \"\(type)\", which is of no top-level type that IANA registers")
  }

  mutating func checkLanguages() {
    checkLanguage(object.value["lang"]?.string, at: ["lang"])
    if let markings = object.value["granular_markings"] {
      for (place, marking) in markings.elements.enumerated() {
        checkLanguage(marking["lang"]?.string, at: ["granular_markings", String(place), "lang"])
      }
    }
    switch object.type {
    case "software":
      guard let languages = object.value["languages"] else { return }
      for (place, language) in languages.elements.enumerated() {
        checkLanguage(language.string, at: ["languages", String(place)])
      }
    case "language-content":
      guard let contents = object.value["contents"] else { return }
      for (language, _) in contents.members { checkLanguage(language, at: ["contents", language]) }
    default: break
    }
  }

  private mutating func checkLanguage(_ tag: String?, at tokens: [String]) {
    guard let tag, !LanguageTags.isPlausible(tag) else { return }
    add(.language, at: tokens, "\"\(tag)\" names no language; tags look like en, pt-BR or zh-Hant")
  }

  /// In the old form observables refer to one another by their keys.
  mutating func checkObservableReferences() {
    guard let objects = object.value["objects"], objects.kind == .object else { return }
    for (key, observable) in objects.members {
      checkReferences(in: observable, of: observable["type"]?.string ?? "", among: objects, at: ["objects", key])
    }
  }

  private mutating func checkReferences(
    in part: JSONValue, of type: String, among objects: JSONValue, at tokens: [String]
  ) {
    for (place, element) in part.elements.enumerated() {
      checkReferences(in: element, of: type, among: objects, at: tokens + [String(place)])
    }
    for (name, value) in part.members {
      let place = tokens + [name]
      if name.hasSuffix("_ref"), let target = value.string {
        check(target, of: type, name, among: objects, at: place)
      } else if name.hasSuffix("_refs"), value.isArray {
        for (index, element) in value.elements.enumerated() {
          guard let target = element.string else { continue }
          check(target, of: type, name, among: objects, at: place + [String(index)])
        }
      } else if value.isObject || value.isArray {
        checkReferences(in: value, of: type, among: objects, at: place)
      }
    }
  }

  private mutating func check(
    _ target: String, of type: String, _ name: String, among objects: JSONValue, at tokens: [String]
  ) {
    guard let found = objects[target] else {
      // Markings and whole identifiers lead out of the dictionary.
      if STIXID(target) == nil {
        add(.observableReference, at: tokens, "there is no observable \"\(target)\" among these objects")
      }
      return
    }
    guard let allowed = ReferenceTargets.types(of: type, name), let type = found["type"]?.string,
      !allowed.contains(type)
    else { return }
    add(
      .observableReference, at: tokens,
      "\(name) leads to \"\(target)\", of type \(type); expected \(allowed.sorted().joined(separator: " or "))")
  }
}
