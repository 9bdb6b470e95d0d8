package import Contract
import Crypto
import STIX

/// Words in the place of values: keyed, another one for each recipient, always the same for equal values, and no way
/// back without the hub's key.
///
/// The originator gets one led back by the hub, which makes the pseudonyms of the values that the originator sent and
/// compares: nothing is written down that could be stolen.
package struct Pseudonyms: Sendable {
  private let key: SymmetricKey

  /// - Parameter key: of the hub; each recipient's own is derived from it.
  package init(key: [UInt8], recipient: AgencyID) {
    self.key = SymmetricKey(
      data: HMAC<SHA256>.authenticationCode(
        for: Array("entente pseudonyms 1\u{0}\(recipient.slug)".utf8), using: SymmetricKey(data: key)))
  }

  private func digest(_ domain: String, _ value: String) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array("\(domain)\u{0}\(value)".utf8), using: key))
  }

  /// The word for a value, in a form that such values have; letter case does not make another value.
  ///
  /// Addresses are from ranges that no network uses: 240.0.0.0/4 and 2001:db8::/32; names are under `invalid`
  /// (RFC 1112, RFC 3849, RFC 2606).
  package func word(for value: String, _ form: PseudonymForm) -> String {
    let digest = digest(form.rawValue, value.lowercased())
    let hex = Hexadecimal.text(digest)
    switch form {
    case .ipv4:
      let prefix = value.split(separator: "/").count == 2 ? "/32" : ""
      return "\(240 | digest[0] & 15).\(digest[1]).\(digest[2]).\(digest[3])\(prefix)"
    case .ipv6:
      let groups = stride(from: 0, to: 24, by: 4).map { String(hex.dropFirst($0).prefix(4)) }
      return "2001:db8:" + groups.joined(separator: ":")
    case .domain: return "p\(hex.prefix(24)).invalid"
    case .mac:
      let rest = stride(from: 0, to: 10, by: 2).map { String(hex.dropFirst($0).prefix(2)) }
      return "02:" + rest.joined(separator: ":")
    case .email: return "p\(hex.prefix(24))@pseudonym.invalid"
    case .url: return "https://p\(hex.prefix(24)).invalid/"
    case .account: return "account-\(hex.prefix(16))"
    case .organisation: return "Organisation \(hex.prefix(16))"
    case .person: return "Person \(hex.prefix(16))"
    case .text: return "[\(hex.prefix(16))]"
    }
  }

  /// The id of what is no longer the sender's object: nobody else can tell which that was.
  package func id(for id: String) -> String {
    var digest = Array(digest("id", id.lowercased()).prefix(16))
    digest[6] = digest[6] & 0x0F | 0x40
    digest[8] = digest[8] & 0x3F | 0x80
    let hex = Hexadecimal.text(digest)
    func part(_ from: Int, _ count: Int) -> Substring { hex.dropFirst(from).prefix(count) }
    let name = STIXID(id)?.type ?? "x-unknown"
    return "\(name)--\(part(0, 8))-\(part(8, 4))-\(part(12, 4))-\(part(16, 4))-\(part(20, 12))"
  }

  /// Of these values, the one that has this pseudonym or keyed id.
  package func original(of word: String, among values: [(value: String, form: PseudonymForm?)]) -> String? {
    values.first { entry in
      entry.form.map { self.word(for: entry.value, $0) == word } ?? (id(for: entry.value) == word)
    }?.value
  }

  /// An address with its network alone: 24 bits of version 4, 48 of version 6; nil where the text is none.
  package static func truncated(_ value: String) -> String? {
    let address = value.split(separator: "/").first.map(String.init) ?? value
    let parts = address.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) {
      return parts.prefix(3).joined(separator: ".") + ".0/24"
    }
    guard let groups = groups(address) else { return nil }
    let hex = groups.prefix(3).map { String($0, radix: 16) }
    return hex.joined(separator: ":") + "::/48"
  }

  private static func groups(_ address: String) -> [UInt16]? {
    guard address.contains(":") else { return nil }
    let halves = address.split(separator: "::", omittingEmptySubsequences: false)
    guard halves.count <= 2 else { return nil }
    func read(_ text: Substring) -> [UInt16]? {
      let parts = text.split(separator: ":", omittingEmptySubsequences: true)
      let numbers = parts.compactMap { UInt16($0, radix: 16) }
      return numbers.count == parts.count ? numbers : nil
    }
    guard let left = read(halves[0]) else { return nil }
    guard halves.count == 2 else { return left.count == 8 ? left : nil }
    guard let right = read(halves[1]), left.count + right.count < 8 else { return nil }
    return left + [UInt16](repeating: 0, count: 8 - left.count - right.count) + right
  }
}
