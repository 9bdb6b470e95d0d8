import Contract
package import JSON
import STIX

extension Obligations {
  /// Writes the parts that are set, as one object in the words of configuration files.
  package func write(to writer: inout JSONWriter) {
    writer.object { parts in
      if let onward { parts.member("onward", onward.rawValue) }
      if let maximumHops { parts.member("maximum-hops", maximumHops) }
      if let retentionDays { parts.member("retention-days", retentionDays) }
      if let pap { parts.member("pap", pap.rawValue) }
      if let attribution { parts.member("attribution", attribution.rawValue) }
      if let edits { parts.member("edits", edits.rawValue) }
      if let embargoUntil { parts.member("embargo-until", Moment.text(embargoUntil)) }
      if !redaction.isEmpty {
        parts.member("redaction") { list in
          list.object { classes in
            for (name, treatment) in redaction.sorted(by: { $0.key < $1.key }) {
              classes.member(name.rawValue, treatment.rawValue)
            }
          }
        }
      }
      if let purposes { parts.member("purposes", purposes) }
    }
  }

  /// Reads what ``write(to:)`` wrote, or a file that its schema passed; what is none of its words is left out.
  package init(reading value: JSONValue) {
    var redaction: [FieldClass: Treatment] = [:]
    for (key, treatment) in value["redaction"].map({ Array($0.members) }) ?? [] {
      guard let name = FieldClass(rawValue: key), let treatment = treatment.string.flatMap(Treatment.init) else {
        continue
      }
      redaction[name] = treatment
    }
    if let word = value["victim-identity"]?.string {
      let treatment = word == "share" ? Treatment.pass : Treatment(rawValue: word) ?? .drop
      redaction[.victimOrganisation] = max(treatment, redaction[.victimOrganisation] ?? .pass)
    }
    self.init(
      onward: value["onward"]?.string.flatMap(Onward.init),
      maximumHops: value["maximum-hops"]?.integer.map { Int($0) },
      retentionDays: value["retention-days"]?.integer.map { Int($0) },
      pap: value["pap"]?.string.flatMap(PAP.init(rawValue:)),
      attribution: value["attribution"]?.string.flatMap(Attribution.init),
      edits: value["edits"]?.string.flatMap(Edits.init),
      embargoUntil: value["embargo-until"]?.string.flatMap(Moment.read), redaction: redaction,
      purposes: value["purposes"].map { $0.elements.compactMap(\.string) })
  }
}
