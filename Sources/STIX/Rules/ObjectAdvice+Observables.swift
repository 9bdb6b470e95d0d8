import JSON

/// Advice on observables.
extension ObjectAdvice {
  mutating func adviseOnObservable() {
    adviseOnKeys(of: value, at: [])
    if let hashes = value["hashes"] { adviseOnHashes(hashes, at: ["hashes"]) }
    switch object.type {
    case "domain-name": adviseOnDomainName()
    case "file": adviseOnFile()
    case "network-traffic": adviseOnTraffic()
    case "process": adviseOnPriority()
    default: break
    }
  }

  /// Dictionaries of the specification whose keys come from elsewhere, capitals and all.
  private static let foreignKeys: Set<String> = [
    "additional_header_fields", "document_info_dict", "environment_variables", "exif_tags", "file_header_hashes",
    "hashes", "ipfix", "options", "request_header", "startup_info",
  ]

  private mutating func adviseOnKeys(of dictionary: JSONValue, at tokens: [String]) {
    for (key, content) in dictionary.members {
      if key.utf8.contains(where: { (0x41...0x5A).contains($0) }) {
        add(.dictionaryKey, at: tokens + [key], "the key \"\(key)\" has capitals; keys are in lower case")
      }
      if content.isObject, !Self.foreignKeys.contains(key) { adviseOnKeys(of: content, at: tokens + [key]) }
    }
  }

  private mutating func adviseOnHashes(_ hashes: JSONValue, at tokens: [String]) {
    for (name, _) in hashes.members {
      if name.utf8.count > 30 {
        add(.hashName, at: tokens + [name], "the hash name \(name) has \(name.utf8.count) characters, more than 30")
      }
      if !Vocabulary.hashAlgorithm.terms.contains(name), !name.hasPrefix("x_") {
        add(
          .hashAlgorithm, at: tokens + [name],
          "\(name) is no algorithm of \(Vocabulary.hashAlgorithm.name), and no name of one's own such as x_\(name)")
      }
    }
  }

  private mutating func adviseOnDomainName() {
    guard value["defanged"]?.bool != true, let name = value["value"]?.string, DomainNames.fault(name) == nil,
      let oddity = DomainNames.oddity(name)
    else { return }
    add(.domainLabel, at: ["value"], "value is \"\(name.prefix(80))\", which \(oddity)")
  }

  // MARK: Files

  private mutating func adviseOnFile() {
    if let type = value["mime_type"]?.string, !MediaTypes.isPlausible(type) {
      add(
        .mediaType, at: ["mime_type"],
        "mime_type is \"\(type)\", which is no media type that IANA registers, such as text/plain")
    }
    guard let extensions = value["extensions"] else { return }
    if let streams = extensions["ntfs-ext"]?["alternate_data_streams"] {
      adviseOnHashes(inEachOf: streams, at: ["extensions", "ntfs-ext", "alternate_data_streams"])
    }
    if let information = extensions["pdf-ext"]?["document_info_dict"] {
      for (key, _) in information.members where !Registries.documentInformation.contains(key) {
        add(
          .documentInformation, at: ["extensions", "pdf-ext", "document_info_dict", key],
          "\(key) is no key of a PDF's document information")
      }
    }
    if let binary = extensions["windows-pebinary-ext"] { adviseOnBinary(binary) }
  }

  private mutating func adviseOnBinary(_ binary: JSONValue) {
    let place = ["extensions", "windows-pebinary-ext"]
    advise(binary["pe_type"]?.string, on: .peBinaryType, at: place + ["pe_type"])
    if let hashes = binary["file_header_hashes"] { adviseOnHashes(hashes, at: place + ["file_header_hashes"]) }
    if let hashes = binary["optional_header"]?["hashes"] {
      adviseOnHashes(hashes, at: place + ["optional_header", "hashes"])
    }
    if let sections = binary["sections"] { adviseOnHashes(inEachOf: sections, at: place + ["sections"]) }
  }

  private mutating func adviseOnHashes(inEachOf list: JSONValue, at tokens: [String]) {
    for (place, element) in list.elements.enumerated() {
      if let hashes = element["hashes"] { adviseOnHashes(hashes, at: tokens + [String(place), "hashes"]) }
    }
  }

  // MARK: Network traffic and processes

  private mutating func adviseOnTraffic() {
    for name in ["src_port", "dst_port"] where value[name] == nil {
      add(.ports, at: [], "\(object.id) has no \(name)")
    }
    for (place, element) in (value["protocols"]?.elements.map { $0 } ?? []).enumerated() {
      guard let name = element.string, !Registries.isServiceName(name) else { continue }
      add(
        .protocol, at: ["protocols", String(place)], "protocols has \"\(name)\", which has not the form of IANA's names"
      )
    }
    if let elements = value["ipfix"] {
      for (key, _) in elements.members where !Registries.isInformationElement(key) {
        add(.informationElement, at: ["ipfix", key], "\(key) has not the form of an IPFIX information element")
      }
    }
    guard let extensions = value["extensions"] else { return }
    if let fields = extensions["http-request-ext"]?["request_header"] {
      for (key, _) in fields.members where !Registries.requestFields.contains(key.lowercased()) {
        add(
          .requestField, at: ["extensions", "http-request-ext", "request_header", key],
          "\(key) is no field of HTTP requests")
      }
    }
    if let options = extensions["socket-ext"]?["options"] {
      for (key, _) in options.members where !Registries.isSocketOption(key) {
        add(.socketOption, at: ["extensions", "socket-ext", "options", key], "\(key) is no option of sockets")
      }
    }
  }

  private mutating func adviseOnPriority() {
    guard let priority = value["extensions"]?["windows-process-ext"]?["priority"]?.string else { return }
    if !priority.hasSuffix("_CLASS") || priority == "_CLASS" {
      add(
        .processPriority, at: ["extensions", "windows-process-ext", "priority"],
        "priority is \"\(priority)\", which does not end with _CLASS, as NORMAL_PRIORITY_CLASS does")
    }
  }
}
