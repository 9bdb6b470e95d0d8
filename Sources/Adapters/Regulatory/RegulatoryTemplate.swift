import Contract
import Formats
import JSON
import STIX

/// How reports under a law are made: which members are parties, which are answers.
package struct RegulatoryTemplate: Sendable {
  /// The law, as our extension and the member `format` name it.
  var regime: String
  var version: String
  /// What one report is, in words.
  var noun: String
  /// The member that says which report it is.
  var stage: String
  /// The member of the authority that the report was sent to.
  var authority: String
  /// The member of the party that reports, and the one of its name.
  var party: (member: String, name: String)
  /// The details of that party that our extension keeps.
  var partyFields: [String: FieldTree]
  /// The sectors of that party, in the words of STIX.
  var sectors: @Sendable (JSONValue) -> [String]
  /// The answers.
  var answers: [String: FieldTree]
  /// When the clock of the law began: the first of these that the report says.
  var clocks: [[String]]

  /// The members that the incident is made from.
  var incidentMembers: Set<String> {
    Set(answers.keys).union(["format", "title", "description", "tlp"])
  }
}

/// Reads one report after a template.
struct TemplateReading: RegulatoryReading {
  let template: RegulatoryTemplate
  let regime: String?
  let fields: FieldReader
  let origin: Origin
  let reference: String
  let created: Timestamp
  let modified: Timestamp
  let writer = CanonicalWriter()

  init(_ root: JSONValue, _ template: RegulatoryTemplate, origin: Origin) throws(AdapterFailure) {
    self.template = template
    regime = template.regime
    fields = FieldReader(root)
    self.origin = origin
    _ = fields.text("format")
    guard let reference = fields.text("reference") else { throw Self.missing("reference") }
    self.reference = reference
    let accepted = Timestamp(origin.acceptedAt)
    modified = fields.text("submitted_at").flatMap { Timestamp($0) } ?? accepted
    let began = template.clocks.lazy.compactMap { root.at(JSONPointer(tokens: $0)).flatMap { Timestamp($0) } }.first
    created = min(began ?? modified, modified)
  }

  func bundle() throws(AdapterFailure) -> STIXBundle {
    let marking = try marking(at: JSONPointer(tokens: ["tlp"]))
    let indicators = try indicators(default: marking)
    define([marking] + indicators.map(\.marking))
    let authority = try addAuthority(template.authority, marking)
    let party = try addParty(marking, creator: authority)
    let incident = try addIncident(marking, creator: authority)
    relate(incident, "impacts", party, marking, creator: authority)
    for indicator in indicators { add(indicator, incident: incident, creator: authority, marking) }
    return try writer.bundle(id: id("bundle", origin.messageID))
  }

  static func residue(of root: JSONValue, _ template: RegulatoryTemplate) throws(AdapterFailure) -> [JSONPointer] {
    let reading = try TemplateReading(root, template, origin: try .anyone())
    _ = try reading.bundle()
    return reading.fields.residue
  }

  private func addParty(_ marking: TLP?, creator: String) throws(AdapterFailure) -> String {
    let place = JSONPointer(tokens: [template.party.member])
    guard let party = fields.value(at: place), let name = fields.text(template.party.member, template.party.name) else {
      throw Self.missing(template.party.member)
    }
    let id = id("identity", "party")
    let contact = contact(template.party.member)
    let sectors = template.sectors(party)
    writer.add("identity", id: id, from: [place]) { object in
      common(&object, marking, creator: creator)
      object.member("name", name)
      object.member("identity_class", "organization")
      if !sectors.isEmpty { object.member("sectors", sectors) }
      if let contact { object.member("contact_information", contact) }
      object.member("extensions") { extensions in
        extensions.object { extensions in
          extensions.member(RegulatoryExtension.id) { kept in
            kept.object { kept in
              kept.member("extension_type", "property-extension")
              FieldTree.copy(template.partyFields, of: party, at: place, fields, to: &kept)
            }
          }
        }
      }
    }
    return id
  }

  private func addIncident(_ marking: TLP?, creator: String) throws(AdapterFailure) -> String {
    guard let name = fields.text("title") else { throw Self.missing("title") }
    guard let stage = fields.text(template.stage) else { throw Self.missing(template.stage) }
    let id = id("incident")
    let description = fields.text("description")
    let sources = fields.root.members.map(\.key).filter { template.incidentMembers.contains($0) }
    writer.add("incident", id: id, from: sources.map { JSONPointer(tokens: [$0]) }) { object in
      common(&object, marking, creator: creator)
      object.member("name", name)
      if let description { object.member("description", description) }
      object.member("extensions") { extensions in
        extensions.object { extensions in
          extensions.member(RegulatoryExtension.incidentCore) { core in
            core.object { core in
              core.member("extension_type", "property-extension")
              let isEarly = stage == "early_warning"
              core.member("determination", isEarly ? "suspected" : "confirmed")
              core.member("investigation_status", isEarly ? "new" : stage == "final_report" ? "closed" : "open")
              if let word = fields.root["incident"]?["recoverability"]?.string?.lowercased() {
                core.member("recoverability", word.replacing("_", with: "-"))
              }
            }
          }
          extensions.member(RegulatoryExtension.id) {
            writeAnswers(template.answers, regime: template.regime, to: &$0)
          }
        }
      }
    }
    return id
  }
}

/// Writes the report that an incident's answers are of.
struct TemplateWriting {
  var writing: RegulatoryWriting
  let template: RegulatoryTemplate

  mutating func report() throws(AdapterFailure) -> Translation<[UInt8]> {
    guard let authority = writing.authority, let party = writing.entity, let name = writing.incident.name,
      let authorityName = authority.name, let partyName = party.name
    else {
      throw AdapterFailure(
        .cannotWrite, "\(template.noun) names who it was sent to and who reports, and they may not be named here")
    }
    writing.carried.formUnion([authority.index, party.index])
    let agency = writing.details(of: authority)?["agency"]?.string
    let kept = writing.details(of: party)
    let label = writing.documentLabel
    var report = JSONWriter()
    report.object { report in
      report.member("format", template.regime)
      FieldTree.copy(template.answers, of: writing.answers, at: .root, nil, to: &report)
      report.member("title", name)
      if let text = writing.incident.text { report.member("description", text) }
      report.member("tlp", label.label)
      report.member(template.authority) { member in
        member.object { member in
          member.member("name", authorityName)
          if let agency { member.member("agency", agency) }
          writing.writeContact(of: authority, to: &member)
        }
      }
      report.member(template.party.member) { member in
        member.object { member in
          member.member(template.party.name, partyName)
          if let kept { FieldTree.copy(template.partyFields, of: kept, at: .root, nil, to: &member) }
        }
      }
      writing.writeIndicators(to: &report)
    }
    for object in writing.bundle.objects where object.type == "location" { writing.carried.insert(object.index) }
    writing.finish()
    return Translation(report.bytes, losses: writing.account.losses)
  }
}
