import JSON
import STIX

/// What attributes and objects say of themselves alike.
struct SourcePart {
  var uuid: String?
  var comment: String?
  var timestamp: Timestamp?
  var firstSeen: Timestamp?
  var lastSeen: Timestamp?
  var isDeleted = false
  var distribution: Int64?
  var group: SourceSharingGroup?

  /// Whether it took the member; nil where it is none of these.
  mutating func take(_ name: String, _ member: JSONValue, _ walk: MemberWalk) -> Bool? {
    switch name {
    case "uuid":
      uuid = MISPValue.uuid(member)
      return uuid != nil
    case "comment":
      comment = member.string
      return comment != nil
    case "timestamp":
      timestamp = MISPValue.time(member)
      return timestamp != nil
    case "first_seen":
      firstSeen = MISPValue.moment(member)
      return firstSeen != nil
    case "last_seen":
      lastSeen = MISPValue.moment(member)
      return lastSeen != nil
    case "deleted":
      guard let flag = MISPValue.flag(member) else { return false }
      isDeleted = flag
      return true
    case "distribution":
      distribution = MISPValue.number(member)
      return distribution.map { (0...5).contains($0) } ?? false
    case "SharingGroup":
      group = SourceSharingGroup(member, at: walk.place.appending(name), walk.residue)
      return group != nil
    default: return nil
    }
  }
}

/// An attribute or an object.
protocol SourcePartHolder {
  var part: SourcePart { get }
}

extension SourcePartHolder {
  var uuid: String? { part.uuid }
  var comment: String? { part.comment }
  var timestamp: Timestamp? { part.timestamp }
  var firstSeen: Timestamp? { part.firstSeen }
  var lastSeen: Timestamp? { part.lastSeen }
  var isDeleted: Bool { part.isDeleted }
  var distribution: Int64? { part.distribution }
  var group: SourceSharingGroup? { part.group }
}
