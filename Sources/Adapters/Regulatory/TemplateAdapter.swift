package import Formats
package import JSON
package import STIX

/// An adapter of reports after a template.
package protocol TemplateAdapter: Adapter {
  static var template: RegulatoryTemplate { get }
  static var checked: any Format { get }
}

extension TemplateAdapter {
  package var abilities: Set<AdapterAbility> { [.read, .write, .prune] }

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    let reading = try TemplateReading(document.root, Self.template, origin: origin)
    return Translation(try reading.bundle(), residue: reading.fields.residue)
  }

  package func source(of pointer: JSONPointer, in object: STIXObject, of document: JSONDocument) -> PropertySource {
    RegulatoryPlaces(root: document.root, partyName: Self.template.party.name).source(of: pointer, in: object)
  }

  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    let residue = try TemplateReading.residue(of: document.root, Self.template)
    let pruning = RegulatoryPruning(
      report: Self.template.noun, partyName: Self.template.party.name, format: Self.checked)
    return try pruning.prune(document, bundle: bundle, keeping: keeping, replacing: replacing, residue: residue)
  }

  /// The report that the incident's answers are of, where it is under the adapter's own law.
  func report(_ writing: RegulatoryWriting) throws(AdapterFailure) -> Translation<[UInt8]> {
    var report = TemplateWriting(writing: writing, template: Self.template)
    return try report.report()
  }
}
