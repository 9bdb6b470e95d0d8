import JSON

/// Rules about what single values say.
extension ObjectCheck {
  mutating func checkPattern() {
    guard object.value["pattern_type"]?.isString("stix") == true, let text = object.value["pattern"]?.string
    else { return }
    do throws(PatternError) {
      _ = try Pattern(text)
    } catch {
      add(.pattern, "pattern", "the pattern cannot be read: \(error)")
    }
  }

  mutating func checkCharacterSet(_ member: String) {
    guard let name = object.value[member]?.string, !CharacterSets.isRegistered(name) else { return }
    add(.characterSet, member, "\(name) is no character set that IANA registers")
  }

  mutating func checkMediaType() {
    guard let type = object.value["mime_type"]?.string, !MediaTypes.isPlausible(type) else { return }
    add(.mediaType, "mime_type", "\(type) is of no top-level type that IANA registers")
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
      for (name, value) in observable.members {
        if name.hasSuffix("_ref"), let target = value.string {
          checkReference(target, in: objects, at: ["objects", key, name])
        } else if name.hasSuffix("_refs") {
          for (place, element) in value.elements.enumerated() {
            guard let target = element.string else { continue }
            checkReference(target, in: objects, at: ["objects", key, name, String(place)])
          }
        }
      }
    }
  }

  private mutating func checkReference(_ target: String, in objects: JSONValue, at tokens: [String]) {
    // Markings and whole identifiers lead out of the dictionary.
    if objects[target] == nil, STIXID(target) == nil {
      add(.observableReference, at: tokens, "there is no observable \"\(target)\" among these objects")
    }
  }
}
