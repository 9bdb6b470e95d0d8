import Contract
import Formats
import JSON
import STIX

extension IODEFWriting {
  /// One incident from a bundle that was no IODEF document: a report of an incident, or what to watch for.
  mutating func make(to writer: inout JSONWriter) throws(AdapterFailure) {
    let incident = bundle.objects.first { $0.type == "incident" }
    let frame = incident ?? bundle.objects.first { $0.type == "report" || $0.type == "grouping" }
    let indicators = bundle.objects.compactMap { object in indicator(object) }
    let methods = bundle.objects.filter { $0.type == "vulnerability" || $0.type == "attack-pattern" }
    let activities = bundle.objects.filter { ["threat-actor", "intrusion-set", "campaign"].contains($0.type) }
    let events = bundle.objects.compactMap { event($0) }
    guard incident != nil || !indicators.isEmpty || !events.isEmpty else {
      throw AdapterFailure(
        .cannotWrite, "nothing in the message is an incident, an indicator of a simple value, or an observation")
    }
    let creator = (frame?.value["created_by_ref"]?.string).flatMap { bundle.object(id: $0) }
    if let frame {
      carried.insert(frame.index)
      account.loseProperties(
        of: frame, carried: ["name", "description", "object_refs", "created_by_ref", "published", "extensions"],
        why: IODEFLosses.part)
      if frame.value["extensions"] != nil {
        account.add(
          .meaning, frame, JSONPointer(tokens: ["extensions"]), what: "extensions of \(frame.id)", why: IODEFLosses.part
        )
      }
    }
    let times = bundle.objects.compactMap { $0.value["modified"]?.string.flatMap { Timestamp($0) } }
    let time = (times.max() ?? Timestamp(terms.acceptedAt)).description
    let id = frame?.id ?? bundle.id ?? STIXBundle.id(from: bundle.objects.map(\.id).joined(separator: "\n").utf8)
    writer.object { writer in
      writer.member("version", "2.0")
      writer.member("Incident") { list in
        list.array { list in
          list.object { writer in
            writer.member("purpose", incident == nil ? "watch" : "reporting")
            IODEFRestriction.write(bundle.label(terms), to: &writer)
            writer.member("IncidentID") { number in
              number.object { number in
                number.member("id", id)
                number.member("name", terms.sender?.slug ?? "withheld")
              }
            }
            if !activities.isEmpty { writeActivities(activities, to: &writer) }
            writer.member("GenerationTime", time)
            let texts = [frame?.name, frame?.text].compactMap(\.self).filter { !$0.isEmpty }
            if !texts.isEmpty { writer.member("Description", texts) }
            if !methods.isEmpty { writeMethods(methods, to: &writer) }
            writeContact(creator, to: &writer)
            write("EventData", events, to: &writer)
            write("Indicator", indicators, to: &writer)
          }
        }
      }
    }
  }

  private func write(_ name: String, _ texts: [[UInt8]], to writer: inout JSONWriter) {
    guard !texts.isEmpty else { return }
    writer.member(name) { $0.array { list in for text in texts { list.raw(text) } } }
  }

  private mutating func writeContact(_ creator: STIXObject?, to writer: inout JSONWriter) {
    if let creator {
      carried.insert(creator.index)
      account.loseProperties(
        of: creator, carried: ["name", "identity_class", "created_by_ref"], why: IODEFLosses.part)
    }
    let isPerson = creator?.value["identity_class"]?.isString("individual") ?? false
    writer.member("Contact") { list in
      list.array { list in
        list.object { contact in
          contact.member("role", "creator")
          contact.member("type", isPerson ? "person" : "organization")
          contact.member("ContactName", [creator?.name ?? terms.sender?.slug ?? "withheld"])
        }
      }
    }
  }

  private mutating func writeMethods(_ methods: [STIXObject], to writer: inout JSONWriter) {
    var vulnerabilities: [[UInt8]] = []
    var patterns: [[UInt8]] = []
    for object in methods {
      carried.insert(object.index)
      let number = (object.value["external_references"]?.elements.map { $0 } ?? []).first { entry in
        ["cve", "capec", "mitre-attack"].contains(entry["source_name"]?.string ?? "")
      }?["external_id"]?.string
      var entry = JSONWriter()
      entry.object { entry in
        entry.member("SpecID", object.type == "vulnerability" ? "urn:ietf:params:xml:ns:mile:cve:1.0" : "private")
        entry.member("ContentID", number ?? object.name ?? object.id)
      }
      if object.type == "vulnerability" { vulnerabilities.append(entry.bytes) } else { patterns.append(entry.bytes) }
      account.loseProperties(of: object, carried: ["name"], why: IODEFLosses.part)
    }
    writer.member("Method") { list in
      list.array { list in
        list.object { method in
          write("AttackPattern", patterns, to: &method)
          write("Vulnerability", vulnerabilities, to: &method)
        }
      }
    }
  }

  private mutating func writeActivities(_ activities: [STIXObject], to writer: inout JSONWriter) {
    var actors: [[UInt8]] = []
    var campaigns: [[UInt8]] = []
    for object in activities {
      carried.insert(object.index)
      let isCampaign = object.type == "campaign"
      var entry = JSONWriter()
      entry.object { entry in
        entry.member(isCampaign ? "CampaignID" : "ThreatActorID", [object.name ?? object.id])
        if let text = object.text, !text.isEmpty { entry.member("Description", [text]) }
      }
      if isCampaign { campaigns.append(entry.bytes) } else { actors.append(entry.bytes) }
      account.loseProperties(of: object, carried: ["name", "description"], why: IODEFLosses.part)
    }
    writer.member("RelatedActivity") { list in
      list.array { list in
        list.object { activity in
          write("ThreatActor", actors, to: &activity)
          write("Campaign", campaigns, to: &activity)
        }
      }
    }
  }

  // MARK: Indicators and observations

  private mutating func indicator(_ object: STIXObject) -> [UInt8]? {
    guard object.type == "indicator", object.value["pattern_type"]?.isString("stix") ?? false,
      let pattern = object.value["pattern"]?.string.flatMap({ try? Pattern($0) }),
      let (type, value) = IndicatorPaths.value(of: pattern), let observable = Self.observable(type, value)
    else { return nil }
    carried.insert(object.index)
    account.loseProperties(
      of: object,
      carried: [
        "name", "description", "pattern", "pattern_type", "pattern_version", "valid_from", "valid_until", "confidence",
      ],
      why: IODEFLosses.part)
    let label = bundle.label(of: object, terms)
    var writer = JSONWriter()
    writer.object { writer in
      IODEFRestriction.write(label, to: &writer)
      writer.member("IndicatorID") { number in
        number.object { number in
          number.member("id", object.id)
          number.member("name", terms.sender?.slug ?? "withheld")
          number.member("version", "1")
        }
      }
      let texts = [object.name, object.text].compactMap(\.self).filter { !$0.isEmpty }
      if !texts.isEmpty { writer.member("Description", texts) }
      if let start = object.value["valid_from"] { writer.member("StartTime", start) }
      if let end = object.value["valid_until"] { writer.member("EndTime", end) }
      if let confidence = object.value["confidence"]?.integer {
        writer.member("Confidence") { writer in
          writer.object { writer in
            writer.member("value", confidence)
            writer.member("rating", "numeric")
          }
        }
      }
      writer.member("Observable") { $0.raw(observable) }
    }
    return writer.bytes
  }

  /// Observed data about addresses and names: a system with them.
  private mutating func event(_ object: STIXObject) -> [UInt8]? {
    guard object.type == "observed-data" else { return nil }
    let names = [
      "ipv4-addr": "ipv4", "ipv6-addr": "ipv6", "domain-name": "domain", "url": "url", "email-addr": "email",
      "mac-addr": "mac",
    ]
    var addresses: [[UInt8]] = []
    var domains: [[UInt8]] = []
    for id in object.value["object_refs"]?.elements.map({ $0 }) ?? [] {
      guard let target = id.string.flatMap({ bundle.object(id: $0) }), let name = names[target.type],
        let value = target.value["value"]?.string
      else { continue }
      if name == "domain" { domains.append(Self.domain(value)) } else { addresses.append(Self.address(name, value)) }
      carried.insert(target.index)
    }
    guard !addresses.isEmpty || !domains.isEmpty else { return nil }
    carried.insert(object.index)
    account.loseProperties(
      of: object, carried: ["first_observed", "last_observed", "object_refs"], why: IODEFLosses.part)
    let label = bundle.label(of: object, terms)
    var writer = JSONWriter()
    writer.object { writer in
      IODEFRestriction.write(label, to: &writer)
      if let start = object.value["first_observed"] { writer.member("StartTime", start) }
      if let end = object.value["last_observed"] { writer.member("EndTime", end) }
      writer.member("System") { list in
        list.array { list in
          list.object { system in
            system.member("Node") { node in
              node.object { node in
                write("DomainData", domains, to: &node)
                write("Address", addresses, to: &node)
              }
            }
          }
        }
      }
    }
    return writer.bytes
  }

  private static func observable(_ type: String, _ value: String) -> [UInt8]? {
    var writer = JSONWriter()
    switch type {
    case "domain": writer.object { $0.member("DomainData") { $0.raw(domain(value)) } }
    case "ipv4", "ipv6", "url", "email", "mac", "asn":
      writer.object { $0.member("Address") { $0.raw(address(type, value)) } }
    case "md5", "sha1", "sha256", "sha512":
      writer.object { writer in
        writer.member("FileData") { $0.object { $0.member("File") { $0.array { $0.raw(file(type, value)) } } } }
      }
    case "regkey":
      writer.object { writer in
        writer.member("WindowsRegistryKeysModified") { keys in
          keys.object { $0.member("Key") { $0.array { $0.object { $0.member("KeyName", value) } } } }
        }
      }
    default: return nil
    }
    return writer.bytes
  }

  private static func address(_ type: String, _ value: String) -> [UInt8] {
    let category: String =
      switch type {
      case "ipv4": value.contains("/") ? "ipv4-net" : "ipv4-addr"
      case "ipv6": value.contains("/") ? "ipv6-net" : "ipv6-addr"
      case "url": "site-uri"
      case "email": "e-mail"
      default: type
      }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("value", value)
      writer.member("category", category)
    }
    return writer.bytes
  }

  private static func domain(_ name: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("system-status", "unknown")
      writer.member("domain-status", "unknown")
      writer.member("Name", name)
    }
    return writer.bytes
  }

  private static func file(_ type: String, _ value: String) -> [UInt8] {
    let names = [
      "md5": "http://www.w3.org/2001/04/xmldsig-more#md5", "sha1": "http://www.w3.org/2000/09/xmldsig#sha1",
      "sha256": "http://www.w3.org/2001/04/xmlenc#sha256", "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
    ]
    var writer = JSONWriter()
    writer.object { file in
      file.member("HashData") { data in
        data.object { data in
          data.member("scope", "file-contents")
          data.member("Hash") { list in
            list.array { list in
              list.object { hash in
                hash.member("DigestMethod", names[type] ?? "")
                hash.member("DigestValue", value)
              }
            }
          }
        }
      }
    }
    return writer.bytes
  }
}
