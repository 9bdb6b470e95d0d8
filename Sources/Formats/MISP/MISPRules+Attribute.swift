import Contract
import JSON

/// What single attributes, objects and events must be.
extension MISPRules {
  static func hash(_ attribute: JSONValue, _ place: JSONPointer) -> [Finding] {
    guard let type = attribute["type"]?.string, let value = attribute["value"]?.string,
      let length = HashLengths.length(of: type), !HashLengths.fits(type, value)
    else { return [] }
    return [
      hashLength.finding(
        at: place.appending("value"),
        "the value '\(value.prefix(140))' does not end in the \(length) hexadecimal digits of \(type)")
    ]
  }

  static func form(_ attribute: JSONValue, _ place: JSONPointer) -> [Finding] {
    guard let type = attribute["type"]?.string, let value = attribute["value"]?.string,
      let fault = MISPValues.fault(type, value)
    else { return [] }
    let rule = MISPValues.isError(fault.form, fault.piece) ? self.value : valueForm
    return [
      rule.finding(
        at: place.appending("value"),
        "the value of \(type) has '\(fault.piece.prefix(140))'; expected \(fault.form.rawValue)")
    ]
  }

  static func category(_ attribute: JSONValue, _ place: JSONPointer) -> [Finding] {
    guard let name = attribute["category"]?.string, !categories.contains(name) else { return [] }
    return [
      knownCategory.finding(
        at: place.appending("category"),
        "category is '\(name.prefix(100))', which the format does not list; expected one such as Network activity")
    ]
  }

  private static let categories: Set<String> = [
    "Internal reference", "Targeting data", "Antivirus detection", "Payload delivery", "Artifacts dropped",
    "Payload installation", "Persistence mechanism", "Network activity", "Payload type", "Attribution",
    "External analysis", "Financial fraud", "Support Tool", "Social network", "Person", "Other",
  ]

  /// Numbers stand as strings or as they are; 0 and null are no group.
  static func group(_ part: JSONValue, _ place: JSONPointer) -> [Finding] {
    guard let distribution = number(part["distribution"]), let group = number(part["sharing_group_id"]) else {
      return []
    }
    if distribution == "4", group == "0", part["SharingGroup"] == nil {
      return [
        sharingGroup.finding(
          at: place.appending("sharing_group_id"),
          "the distribution is 4, a sharing group, and sharing_group_id names none")
      ]
    }
    if distribution != "4", group != "0" {
      return [
        unusedSharingGroup.finding(
          at: place.appending("sharing_group_id"),
          "sharing_group_id is \(group), and the distribution is \(distribution), which is no sharing group")
      ]
    }
    return []
  }

  private static func number(_ value: JSONValue?) -> String? {
    guard let value else { return nil }
    return value.string.map { String($0.prefix(20)) } ?? (value.isNull ? "0" : value.integer.map { String($0) })
  }

  static func seenOrder(_ part: JSONValue, _ place: JSONPointer) -> [Finding] {
    guard let first = part["first_seen"]?.string, let last = part["last_seen"]?.string,
      let from = CSAFMoment(first), let until = CSAFMoment(last), until < from
    else { return [] }
    return [
      seenInOrder.finding(
        at: place.appending("last_seen"), "last_seen is \(last), before first_seen, which is \(first)")
    ]
  }
}
