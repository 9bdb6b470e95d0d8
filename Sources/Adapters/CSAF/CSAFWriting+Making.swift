import JSON
import STIX

extension CSAFWriting {
  /// A document from a bundle that was none: its vulnerabilities, and what mitigates them.
  mutating func made() throws(AdapterFailure) -> [UInt8] {
    let vulnerabilities = bundle.objects.filter { $0.type == "vulnerability" }
    guard !vulnerabilities.isEmpty else {
      throw AdapterFailure(.cannotWrite, "nothing in the message is a vulnerability, which a CSAF document is about")
    }
    let frame = bundle.objects.first { $0.type == "report" || $0.type == "grouping" }
    let moments = vulnerabilities.compactMap { $0.value["modified"]?.string.flatMap { Timestamp($0) } }
    let time = (moments.max() ?? Timestamp(terms.acceptedAt)).description
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("document") { writer in
        writer.object { writer in
          writer.member("category", "csaf_base")
          writer.member("csaf_version", "2.0")
          writeDistribution(nil, isNew: false, to: &writer)
          writeSender(to: &writer)
          if let frame {
            carried.insert(frame.index)
            if let text = frame.text { writeNotes([("summary", nil, text)], to: &writer) }
            writeReferences(of: frame, to: &writer)
          }
          writer.member("title", frame?.name ?? vulnerabilities[0].name ?? "Vulnerabilities")
          writeTracking(time, to: &writer)
        }
      }
      writer.member("vulnerabilities") { list in
        list.array { list in for object in vulnerabilities { writeForeign(object, to: &list) } }
      }
    }
    if let frame {
      account.loseProperties(
        of: frame,
        carried: ["name", "description", "object_refs", "external_references", "published", "created_by_ref"],
        why: "a CSAF document has no place for it")
    }
    return writer.bytes
  }

  private func writeTracking(_ time: String, to writer: inout JSONWriter) {
    writer.member("tracking") { writer in
      writer.object { writer in
        writer.member("current_release_date", time)
        writer.member("id", bundle.id ?? STIXBundle.id(from: bundle.objects.map(\.id).joined(separator: "\n").utf8))
        writer.member("initial_release_date", time)
        writer.member("revision_history") { list in
          list.array { list in
            list.object { revision in
              revision.member("date", time)
              revision.member("number", "1")
              revision.member("summary", "Written from STIX 2.1.")
            }
          }
        }
        writer.member("status", "final")
        writer.member("version", "1")
      }
    }
  }

  private func writeNotes(_ notes: [(category: String, title: String?, text: String)], to writer: inout JSONWriter) {
    writer.member("notes") { list in
      list.array { list in
        for note in notes {
          list.object { entry in
            entry.member("category", note.category)
            entry.member("text", note.text.isEmpty ? "-" : note.text)
            if let title = note.title { entry.member("title", title) }
          }
        }
      }
    }
  }

  /// A vulnerability that no CSAF document said: number, text, references, and measures as notes, since they name no
  /// products.
  mutating func writeForeign(_ object: STIXObject, to list: inout JSONWriter) {
    carried.insert(object.index)
    let name = object.name ?? ""
    let number = object.value["external_references"]?.elements.first {
      $0["source_name"]?.isString("cve") ?? false
    }?["external_id"]?.string
    let cve = [number, name].compactMap(\.self).first { ExternalNumber.isCVE($0) }
    var notes: [(category: String, title: String?, text: String)] = []
    if let text = object.text, !text.isEmpty { notes.append(("description", nil, text)) }
    for remedy in remedies(of: object) {
      if carried.insert(remedy.index).inserted {
        account.loseProperties(
          of: remedy, carried: ["name", "description", "created_by_ref"],
          why: "a note of a CSAF document has no place for it")
      }
      notes.append(("other", remedy.name.map { "Mitigation: \($0)" }, remedy.text ?? remedy.name ?? ""))
    }
    list.object { writer in
      if let cve { writer.member("cve", cve) }
      if !notes.isEmpty { writeNotes(notes, to: &writer) }
      writeReferences(of: object, to: &writer)
      if cve == nil || name != cve, !name.isEmpty { writer.member("title", name) }
      if cve == nil, name.isEmpty { writer.member("title", object.id) }
    }
    account.loseProperties(
      of: object, carried: ["name", "description", "external_references", "created_by_ref"],
      why: "a vulnerability of a CSAF document has no place for it")
  }
}
