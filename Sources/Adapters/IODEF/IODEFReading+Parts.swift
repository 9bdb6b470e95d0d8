import Contract
import Formats
import JSON
import STIX

/// Contacts, methods, activities and events.
extension IODEFReading {
  /// The identities; the id of the one that made the document.
  func addContacts(_ incident: JSONValue, _ context: IODEFContext) -> String? {
    var creator: String?
    for (index, contact) in elements(incident["Contact"]) {
      let role = contact["role"]?.string ?? ""
      let name = keeping.say(contact["ContactName"], as: "name")
      let mail = keeping.say(contact["Email"]?[0]?["EmailTo"], as: "contact_information")
      let marking = IODEFRestriction.tlp(contact, within: context.marking)
      let id = unique("identity", context.key + [role, name ?? "", mail ?? "", marking?.word ?? ""])
      keeping.refer(contact, to: id)
      if creator == nil, role == "creator" { creator = id }
      add("identity", id, from: [context.place.appending("Contact").appending(index)], context, marking) { object in
        object.member("name", name ?? mail ?? role)
        if !role.isEmpty { object.member("roles", [role]) }
        object.member("identity_class", contact["type"]?.isString("person") ?? false ? "individual" : "organization")
        if let mail { object.member("contact_information", mail) }
        keepInside("contact", contact, to: &object)
      }
    }
    return creator
  }

  /// The ids of vulnerabilities and attack patterns.
  func addMethods(_ incident: JSONValue, _ context: IODEFContext) -> [String] {
    var ids: [String] = []
    for (index, method) in elements(incident["Method"]) {
      let place = context.place.appending("Method").appending(index)
      let marking = IODEFRestriction.tlp(method, within: context.marking)
      for (member, type) in [("Vulnerability", "vulnerability"), ("AttackPattern", "attack-pattern")] {
        for (number, entry) in elements(method[member]) {
          let content = entry["ContentID"] ?? entry["contentID"]
          let name = keeping.say(content, as: "name")
          let id = unique(type, context.key + [name ?? "", entry["SpecID"]?.string ?? "", marking?.word ?? ""])
          keeping.refer(entry, to: id)
          ids.append(id)
          add(type, id, from: [place.appending(member).appending(number)], context, marking) { object in
            object.member("name", name ?? "\(member) \(number + 1)")
            if let name, let register = ExternalNumber.register(of: name) {
              ExternalNumber.write(source: register, id: name, to: &object)
            }
            keepInside("structured", entry, to: &object)
          }
        }
      }
    }
    return ids
  }

  /// The ids of threat actors and campaigns.
  func addActivities(_ incident: JSONValue, _ context: IODEFContext) -> [String] {
    var ids: [String] = []
    for (index, activity) in elements(incident["RelatedActivity"]) {
      let place = context.place.appending("RelatedActivity").appending(index)
      let outer = IODEFRestriction.tlp(activity, within: context.marking)
      for (member, type, number) in [
        ("ThreatActor", "threat-actor", "ThreatActorID"), ("Campaign", "campaign", "CampaignID"),
      ] {
        for (nth, entry) in elements(activity[member]) {
          let name = keeping.say(entry[number], as: "name")
          let text = keeping.say(entry["Description"], as: "description")
          let marking = IODEFRestriction.tlp(entry, within: outer)
          let id = unique(type, context.key + [name ?? "", text ?? "", marking?.word ?? ""])
          keeping.refer(entry, to: id)
          ids.append(id)
          add(type, id, from: [place.appending(member).appending(nth)], context, marking) { object in
            object.member("name", name ?? text ?? "\(member) \(nth + 1)")
            if let text { object.member("description", text) }
            keepInside("activity", entry, to: &object)
          }
        }
      }
    }
    return ids
  }

  /// The ids of observed data.
  func addEvents(_ incident: JSONValue, _ context: IODEFContext) -> [String] {
    var ids: [String] = []
    for (index, event) in elements(incident["EventData"]) {
      let place = context.place.appending("EventData").appending(index)
      let marking = IODEFRestriction.tlp(event, within: context.marking)
      var refs: [String] = []
      for seen in IODEFObservables.all(in: event, .named("EventData")) {
        let id = addObservable(seen, from: place, marking)
        if !refs.contains(id) { refs.append(id) }
      }
      if refs.isEmpty {
        let id = unique("x-iodef-event", context.key + [String(index), marking?.word ?? ""])
        add("x-iodef-event", id, from: [place], context, marking) { $0.member("number", index + 1) }
        refs = [id]
      }
      let times = ["StartTime", "DetectTime", "ReportTime"].compactMap {
        event[$0]?.string.flatMap(IODEFTime.moment)?.text
      }
      let first = times.first ?? context.time
      let last = event["EndTime"]?.string.flatMap(IODEFTime.moment)?.text ?? first
      let id = unique(
        "observed-data", context.key + [String(decoding: event.source, as: UTF8.self), marking?.word ?? ""])
      keeping.refer(event, to: id)
      ids.append(id)
      add("observed-data", id, from: [place], context, marking) { object in
        object.member("first_observed", first)
        object.member("last_observed", max(first, last))
        object.member("number_observed", 1)
        object.member("object_refs", refs)
        keepInside("event", event, to: &object)
      }
    }
    return ids
  }

  func addObservable(_ seen: IODEFObservables.Seen, from place: JSONPointer, _ marking: TLP?) -> String {
    let id = reading.addObservable(seen.type, key: [seen.text], from: place, marking) { object in
      switch seen.type {
      case "autonomous-system": object.member("number", Int64(seen.text) ?? 0)
      case "file":
        object.member("hashes") { hashes in hashes.object { $0.member(seen.algorithm, seen.text) } }
      case "windows-registry-key": object.member("key", seen.text)
      case "mutex": object.member("name", seen.text)
      case "user-account": object.member("account_login", seen.text)
      default: object.member("value", seen.text)
      }
    }
    if let value = seen.value { keeping.refer(value, to: id) }
    return id
  }

  /// A part that is referred to elsewhere is written itself here.
  func keepInside(_ kind: String, _ value: JSONValue, to object: inout JSONWriter) {
    NativeExtension.write(.iodef, kind, to: &object) { kept in
      kept.member("part") { keeping.write(itself: value, to: &$0) }
    }
  }

  /// An id that nothing here has yet; of parts that say the same, each has a number.
  func unique(_ type: String, _ key: [String]) -> String {
    var id = reading.id(type, key)
    var nth = 1
    while reading.contains(id) {
      nth += 1
      id = reading.id(type, key + [String(nth)])
    }
    return id
  }

  /// The objects of a list with their places.
  func elements(_ value: JSONValue?) -> [(Int, JSONValue)] {
    (value?.elements.map { $0 } ?? []).enumerated().filter { $0.element.isObject }.map { ($0.offset, $0.element) }
  }
}
