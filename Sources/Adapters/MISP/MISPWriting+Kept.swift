import Formats
import JSON
import STIX

/// What our extension and the properties of our own types keep of an event. Anyone can write them, so nothing of them is
/// written that a reader of MISP would not take.
extension MISPWriting {
  /// A value that was kept, as the reader of events reads it; without the form that MISP asks for it is lost by name.
  func kept<Value>(
    _ name: StaticString, of object: STIXObject, in kept: JSONValue?, _ read: (JSONValue) -> Value?
  ) -> Value? {
    guard let member = kept?[name] else { return nil }
    if let value = read(member) { return value }
    loseForm("\(name)", of: object)
    return nil
  }

  func keptText(_ name: StaticString, of object: STIXObject, in kept: JSONValue?) -> String? {
    self.kept(name, of: object, in: kept) { $0.string }
  }

  /// A text that may not be empty, nor longer than this.
  func keptName(
    _ name: StaticString, of object: STIXObject, in kept: JSONValue?, longest: Int = .max
  ) -> String? {
    self.kept(name, of: object, in: kept) { $0.string.flatMap { Self.isName($0, longest: longest) ? $0 : nil } }
  }

  func keptUUID(_ name: StaticString = "uuid", of object: STIXObject, in kept: JSONValue?) -> String? {
    self.kept(name, of: object, in: kept, MISPValue.uuid)
  }

  func keptMoment(_ name: StaticString, of object: STIXObject, in kept: JSONValue?) -> String? {
    self.kept(name, of: object, in: kept) { MISPValue.moment($0).map(MISPID.moment) }
  }

  /// A whole number of these, as MISP writes it.
  func keptNumber(
    _ name: StaticString, of object: STIXObject, in kept: JSONValue?, _ range: ClosedRange<Int64>
  ) -> String? {
    self.kept(name, of: object, in: kept) { member in
      MISPValue.number(member).flatMap { range.contains($0) ? String($0) : nil }
    }
  }

  /// How far a part may go: as its event, where nothing else was kept.
  func keptDistribution(of object: STIXObject, in kept: JSONValue?) -> String {
    keptNumber("distribution", of: object, in: kept, 0...5) ?? "5"
  }

  func keptGroup(of object: STIXObject, in kept: JSONValue?) -> JSONValue? {
    guard let group = self.kept("sharing_group", of: object, in: kept, { MISPSharingGroup.isSound($0) ? $0 : nil })
    else { return nil }
    if let uuid = group["uuid"]?.string { groups.insert(uuid) }
    return group
  }

  /// A group that is distributed to has to be named.
  func keptReach(of object: STIXObject, in kept: JSONValue?) -> (distribution: String, group: JSONValue?) {
    let distribution = keptDistribution(of: object, in: kept)
    let group = keptGroup(of: object, in: kept)
    guard distribution == "4", group == nil else { return (distribution, group) }
    loseForm("sharing_group", of: object)
    return ("0", nil)
  }

  func loseForm(_ name: String, of object: STIXObject) {
    account.add(.information, object, .root, what: "\(name) of \(object.id) in MISP", why: Self.noForm)
  }

  /// Whether the tag that a cluster is known by is none too long for one; if it is, it is lost by name.
  func canBeTag(_ cluster: MISPCluster, of object: STIXObject) -> Bool {
    if MISPTag.fits(cluster.tag) { return true }
    loseForm("the tag", of: object)
    return false
  }

  static let noForm = "it has not the form that MISP asks for"

  static func isName(_ text: String, longest: Int) -> Bool {
    !text.isEmpty && (text.utf8.count <= longest || text.unicodeScalars.count <= longest)
  }

  /// When an object was last changed, in seconds; the event's time where it does not say.
  func changed(_ object: STIXObject) -> Int64 { modified(object).map { max(0, $0.seconds) } ?? event.timestamp }
}
