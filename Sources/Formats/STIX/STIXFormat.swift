package import Contract
package import JSON
import JSONSchema
import STIX

/// STIX 2.1: a bundle, or a single object.
package struct STIXFormat: Format {
  package let id = FormatID.stix
  package let title = "STIX"
  package let versions = ["2.1"]
  package let mediaTypes = ["application/stix+json", "application/vnd.oasis.stix+json"]
  package let markings = Place.objects("object_marking_refs and granular_markings")
  package let obligations = Place.envelope(HeaderKeys.obligations)

  package init() {}

  /// The rules of the specification that its room keeps, under their own names.
  package var rules: [Rule] {
    STIXRule.all.map { Rule($0.id, $0.severity == .error ? .error : .warning, $0.summary, source: $0.source) }
  }

  /// A bundle, or an object with a type and an id or version of STIX. The version is the one that the bundle states
  /// (only STIX 2.0 has it there), or that any object states.
  package func recognises(_ root: JSONValue) -> String? {
    guard let type = root["type"]?.string, TypeName.isValid(type) else { return nil }
    if type == "bundle" {
      guard root["objects"] != nil || root["id"]?.string?.hasPrefix("bundle--") ?? false else { return nil }
      let stated = root["spec_version"]?.string ?? root["objects"]?.elements.lazy.compactMap { Self.version($0) }.first
      return stated ?? "2.1"
    }
    guard root["id"]?.string?.hasPrefix(type + "--") ?? false || root["spec_version"] != nil else { return nil }
    return Self.version(root) ?? "2.1"
  }

  package func findings(_ document: JSONDocument) -> [Finding] {
    STIXSchemas.findings(document.root) + ruleFindings(document) { $0.findings() }
  }

  /// The quick verdicts first, a closer look only where one of them is no.
  package func errors(_ document: JSONDocument) -> [Finding] {
    let isSound = satisfiesSchema(document)
    if isSound, RuleScreen.clears(document) { return [] }
    return (isSound ? [] : STIXSchemas.findings(document.root)) + ruleFindings(document) { $0.errors() }
  }

  /// Whether the schemas accept a document, without a word why not.
  package func satisfiesSchema(_ document: JSONDocument) -> Bool { STIXSchemas.accepts(document.root) }

  package func kind(of document: JSONDocument) -> MessageKind? { STIXKind.kind(of: document.root) }

  /// What cannot be read as objects at all is the schemas' to explain.
  private func ruleFindings(_ document: JSONDocument, _ rules: (STIXBundle) -> [STIXFinding]) -> [Finding] {
    do throws(STIXError) {
      return rules(try STIXBundle(reading: document)).map { finding in
        Finding(
          finding.severity == .error ? .error : .warning, rule: finding.rule, location: finding.pointer,
          message: finding.message)
      }
    } catch {
      guard error.code == .sharedUUID else { return [] }
      return [Finding(.error, rule: STIXRule.sharedUUID.id, location: error.pointer, message: error.message)]
    }
  }

  package func prepare() { STIXSchemas.prepare() }

  private static func version(_ object: JSONValue) -> String? { object["spec_version"]?.string }
}

/// The schemas of STIX 2.1, each object judged by that of its own type.
enum STIXSchemas {
  static let all = SchemaSet("stix/2.1")
  private static let ours = SchemaSet("entente/1")

  static func prepare() { _ = (all, ours) }

  /// One schema chooses by type for the others; objects with an extension of ours are left to the closer look.
  static func accepts(_ root: JSONValue) -> Bool {
    guard let schema = root["type"]?.isString("bundle") ?? false ? bundle : object, schema.isValid(root) else {
      return false
    }
    guard let objects = root["objects"], objects.isArray else { return !needsMore(root) }
    return !objects.elements.contains(where: needsMore)
  }

  private static let bundle = all["bundle"]
  private static let object = all["object"]

  /// Whether an object has parts that further schemas judge.
  private static func needsMore(_ object: JSONValue) -> Bool {
    object["extensions"]?[RegulatoryExtension.id] != nil || object["objects"] != nil
  }

  static func findings(_ root: JSONValue) -> [Finding] {
    guard root["type"]?.isString("bundle") ?? false else { return findings(object: root, at: .root) }
    guard isSoundEnvelope(root), let objects = root["objects"] else { return all.findings("bundle", in: root) }
    let list = JSONPointer(tokens: ["objects"])
    var found: [Finding] = []
    for (index, object) in objects.elements.enumerated() {
      found += findings(object: object, at: list.appending(index))
    }
    return found
  }

  private static func findings(object: JSONValue, at place: JSONPointer) -> [Finding] {
    guard let type = object["type"]?.string, TypeName.isValid(type) else {
      return all.findings("object", in: object, at: place)
    }
    var found = all.findings(isOfSTIX(type) ? type : "custom-object", in: object, at: place)
    if type == "observed-data" { found += findings(observablesOf: object, at: place) }
    guard let extensionOfOurs = object["extensions"]?[RegulatoryExtension.id] else { return found }
    let inside = JSONPointer(tokens: place.tokens + ["extensions", RegulatoryExtension.id])
    return found + ours.findings("nis2-extension", in: extensionOfOurs, at: inside)
  }

  /// In the deprecated form observables stand inside observed-data and refer to one another by their keys, so that what
  /// a reference looks like is left to the rules.
  private static func findings(observablesOf object: JSONValue, at place: JSONPointer) -> [Finding] {
    guard let observables = object["objects"], observables.isObject else { return [] }
    var found: [Finding] = []
    for (key, observable) in observables.members {
      guard let type = observable["type"]?.string, ObjectKind(type: type) == .observable else { continue }
      let inside = JSONPointer(tokens: place.tokens + ["objects", key])
      found += all.findings(type, in: observable, at: inside).filter { finding in
        let path = finding.location.tokens.dropFirst(inside.tokens.count)
        return !path.contains { $0.hasSuffix("_ref") || $0.hasSuffix("_refs") }
      }
    }
    return found
  }

  private static func isOfSTIX(_ type: String) -> Bool { ObjectKind(type: type) != .custom }

  /// True where the bundle around the objects is as it must be, so that only the objects have to be looked at.
  private static func isSoundEnvelope(_ root: JSONValue) -> Bool {
    guard let id = root["id"]?.string.flatMap({ STIXID($0) }), id.type == "bundle",
      let objects = root["objects"], objects.isArray, objects.count > 0
    else { return false }
    return objects.elements.allSatisfy { object in object.isObject && !(object["type"]?.isString("bundle") ?? false) }
  }
}
