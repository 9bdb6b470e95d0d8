import JSON

/// Numbers of CVE and CAPEC as external references.
///
/// STIX knows them by their form (STIX 2.1, section 2.5.2): what has it is of that register, and what is of that register
/// has it. Formats take more: a zero before seven digits, anything behind `CAPEC-`. Such a number stands in the name of its
/// object, or in our extension, and there is no reference by it.
enum ExternalNumber {
  /// The register that a number is of; nil where it is none.
  static func register(of text: String) -> String? { isCVE(text) ? "cve" : isCAPEC(text) ? "capec" : nil }

  /// `CVE-2026-0123`, `CVE-2026-12345`: a zero comes first only where there are four digits.
  static func isCVE(_ text: String) -> Bool {
    let text = text.utf8
    guard text.starts(with: "CVE-".utf8) else { return false }
    let parts = text.dropFirst(4).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy(areDigits), parts[0].count == 4 else { return false }
    return parts[1].count == 4 || parts[1].count > 4 && parts[1].first != UInt8(ascii: "0")
  }

  /// `CAPEC-163`.
  static func isCAPEC(_ text: String) -> Bool {
    text.utf8.starts(with: "CAPEC-".utf8) && text.utf8.count > 6 && areDigits(text.utf8.dropFirst(6))
  }

  /// Whether STIX takes a reference of this source with this id.
  static func isReference(source: String, id: String) -> Bool {
    if let register = register(of: id) { return source == register }
    return !["cve", "CVE", "capec", "CAPEC"].contains(source)
  }

  /// The one reference of an object; none where STIX does not take it.
  static func write(source: String, id: String, to object: inout JSONWriter) {
    guard isReference(source: source, id: id) else { return }
    object.member("external_references") { $0.array { reference(source: source, id: id, to: &$0) } }
  }

  /// An entry of a list of references.
  static func reference(source: String, id: String, to list: inout JSONWriter) {
    list.object { reference in
      reference.member("source_name", source)
      reference.member("external_id", id)
    }
  }

  private static func areDigits(_ text: some Sequence<UInt8>) -> Bool {
    text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
