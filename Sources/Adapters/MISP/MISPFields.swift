/// What the adapter of MISP leaves unread by choice, and why: each is residue, and goes nowhere.
enum MISPFields {
  /// By the schema that names the field.
  static let unread: Set<String> = Set(numbers + copies + looks + said)

  /// Numbers of the instance that the event comes from: they mean nothing elsewhere.
  private static let numbers = [
    "event.id", "event.org_id", "event.orgc_id", "event.sharing_group_id", "attribute.id", "attribute.event_id",
    "attribute.object_id", "attribute.sharing_group_id", "attribute.Sighting.id", "attribute.Sighting.attribute_id",
    "attribute.Sighting.event_id", "attribute.Sighting.org_id", "object.id", "object.event_id",
    "object.sharing_group_id", "object.ObjectReference.id", "object.ObjectReference.object_id",
    "object.ObjectReference.event_id", "object.ObjectReference.referenced_id", "proposal.id", "proposal.event_id",
    "proposal.org_id", "proposal.old_id", "tag.id", "tag.user_id", "organisation.id", "galaxy.id",
    "galaxy.GalaxyCluster.id", "galaxy.GalaxyCluster.galaxy_id", "galaxy.GalaxyCluster.tag_id", "sharing-group.id",
    "sharing-group.org_id", "sharing-group.sync_user_id", "sharing-group.SharingGroupOrg.id",
    "sharing-group.SharingGroupOrg.sharing_group_id", "sharing-group.SharingGroupOrg.org_id", "remark#common.id",
    "remark#common.sharing_group_id", "remark#report.event_id",
  ]

  /// The holder of this copy, its people, what it counts and finds there, and when.
  private static let copies = [
    "event.Org", "event.attribute_count", "event.locked", "event.disable_correlation", "event.proposal_email_lock",
    "event.event_creator_email", "event.first_publication", "event.RelatedEvent", "attribute.RelatedAttribute",
    "attribute.validationIssue", "organisation.local", "sharing-group.active", "sharing-group.local",
    "sharing-group.roaming", "sharing-group.created", "sharing-group.modified", "sharing-group.organisation_uuid",
    "sharing-group.Organisation", "sharing-group.SharingGroupServer", "sharing-group.SharingGroupOrg.extend",
    "remark#common.org_uuid", "remark#common.Org", "remark#common.orgc_uuid", "remark#common.Orgc",
  ]

  /// How something looks, and of which issue of a catalogue it is.
  private static let looks = [
    "tag.colour", "tag.hide_tag", "galaxy.icon", "galaxy.namespace", "galaxy.version", "galaxy.GalaxyCluster.version",
    "galaxy.GalaxyCluster.source", "galaxy.GalaxyCluster.authors",
  ]

  /// What follows from where something stands, or is said elsewhere; and files, of which an attribute gives the hash.
  private static let said = [
    "attribute.event_uuid", "object.ObjectReference.referenced_type", "object.ObjectReference.Object",
    "remark#common.object_uuid", "remark#common.object_type", "remark#common.note_type_name",
    "remark#relationship.related_object_type", "attribute.data", "proposal.data",
  ]
}
