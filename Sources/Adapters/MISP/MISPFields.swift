/// What the adapter of MISP leaves unread by choice, and why: each is residue, and goes nowhere.
enum MISPFields {
  /// By the schema that names the field.
  static let unread: Set<String> = [
    // Numbers of the instance that the event comes from: they mean nothing elsewhere.
    "event.id", "event.org_id", "event.orgc_id", "event.sharing_group_id", "attribute.id", "attribute.event_id",
    "attribute.object_id", "attribute.sharing_group_id", "object.id", "object.event_id", "object.sharing_group_id",
    "proposal.id", "proposal.event_id", "proposal.org_id", "proposal.old_id", "tag.id", "organisation.id",
    "sharing-group.id",
    // The holder of this copy, its counts and its state there.
    "event.Org", "event.attribute_count", "event.locked", "organisation.local",
    // How a tag looks.
    "tag.colour",
    // What follows from where a remark stands.
    "remark#common.object_uuid", "remark#common.object_type", "remark#relationship.related_object_type",
  ]
}
