import Formats
import JSON
import STIX

/// Finds what can be observed in a part of a document.
enum IODEFObservables {
  /// A value, and what it is.
  struct Seen {
    var type: String
    var text: String
    /// Of a file: the algorithm of the hash.
    var algorithm = ""
    /// Where it stands.
    var value: JSONValue?
  }

  static func all(in value: JSONValue, _ made: IODEFClass) -> [Seen] {
    var found: [Seen] = []
    collect(value, made, &found)
    return found
  }

  private static func collect(_ value: JSONValue, _ made: IODEFClass, _ found: inout [Seen]) {
    guard value.isObject else { return }
    switch made.name {
    case "Address": found += [address(value)].compactMap(\.self)
    case "DomainData": found += [seen("domain-name", value["Name"])].compactMap(\.self)
    case "Hash": found += [hash(value)].compactMap(\.self)
    case "Key": found += [seen("windows-registry-key", value["KeyName"])].compactMap(\.self)
    case "EmailData": found += [seen("email-addr", value["EmailFrom"])].compactMap(\.self)
    // Who is written to about it is no observation.
    case "Contact": return
    // Its format describes the list: a digest there is of nothing that was seen.
    case "BulkObservable":
      found += bulk(value)
      return
    default: break
    }
    for (name, member) in value.members {
      guard case .object(let inner) = made.member(name) else { continue }
      if member.isArray {
        for element in member.elements { collect(element, .named(inner), &found) }
      } else {
        collect(member, .named(inner), &found)
      }
    }
  }

  static func address(_ value: JSONValue) -> Seen? {
    let types = [
      "ipv4-addr": "ipv4-addr", "ipv4-net": "ipv4-addr", "ipv6-addr": "ipv6-addr", "ipv6-net": "ipv6-addr",
      "e-mail": "email-addr", "mac": "mac-addr", "asn": "autonomous-system", "site-uri": "url", "site-url": "url",
    ]
    // Without a category an address is one of IPv6, as the standard has it.
    return types[value["category"]?.string ?? "ipv6-addr"].flatMap { seen($0, value["value"]) }
  }

  private static func bulk(_ value: JSONValue) -> [Seen] {
    let types = [
      "ipv4-addr": "ipv4-addr", "ipv4-net": "ipv4-addr", "ipv6-addr": "ipv6-addr", "ipv6-net": "ipv6-addr",
      "e-mail": "email-addr", "mac": "mac-addr", "asn": "autonomous-system", "site-uri": "url", "site-url": "url",
      "domain-name": "domain-name", "fqdn": "domain-name", "windows-reg-key": "windows-registry-key", "mutex": "mutex",
      "user-name": "user-account", "file-hash": "file",
    ]
    let word = value["type"]?.isString("ext-value") ?? false ? value["ext-type"]?.string : value["type"]?.string
    guard let type = types[word ?? ""], let list = value["BulkObservableList"], list.isArray else { return [] }
    return list.elements.prefix(1000).compactMap { entry in
      type == "file" ? entry.string.flatMap { hash($0, entry) } : seen(type, entry)
    }
  }

  /// Where a value has the form that its type asks for.
  private static func seen(_ type: String, _ value: JSONValue?) -> Seen? {
    guard let value, let text = value.string, !text.isEmpty, text.utf8.count <= 4096 else { return nil }
    let fits =
      switch type {
      case "autonomous-system": UInt32(text).map { String($0) == text } ?? false
      case "mac-addr": isMAC(text)
      case "windows-registry-key": text.hasPrefix("HKEY_")
      default: ValueForm.fits(type, text)
      }
    return fits ? Seen(type: type, text: text, value: value) : nil
  }

  private static func hash(_ value: JSONValue) -> Seen? {
    guard let digest = value["DigestValue"], let text = digest.string else { return nil }
    return hash(text, digest)
  }

  /// A digest in hexadecimal digits, small as STIX wants them.
  private static func hash(_ text: String, _ value: JSONValue) -> Seen? {
    let algorithms = [32: "MD5", 40: "SHA-1", 64: "SHA-256", 128: "SHA-512"]
    guard let algorithm = algorithms[text.utf8.count],
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    return Seen(type: "file", text: text, algorithm: algorithm, value: value)
  }

  private static func isMAC(_ text: String) -> Bool {
    let groups = text.split(separator: ":", omittingEmptySubsequences: false)
    return groups.count == 6
      && groups.allSatisfy { group in
        group.utf8.count == 2 && group.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
      }
  }
}
