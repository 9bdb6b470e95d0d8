/// Which types a reference inside of observables leads to (STIX 2.1 section 6).
enum ReferenceTargets {
  /// Nil for a property that the specification does not define.
  static func types(of type: String, _ property: String) -> Set<String>? { table[type]?[property] }

  private static let table: [String: [String: Set<String>]] = [
    "directory": ["contains_refs": ["file", "directory"]],
    "domain-name": ["resolves_to_refs": ["ipv4-addr", "ipv6-addr", "domain-name"]],
    "email-addr": ["belongs_to_ref": ["user-account"]],
    "email-message": [
      "from_ref": ["email-addr"], "sender_ref": ["email-addr"], "to_refs": ["email-addr"], "cc_refs": ["email-addr"],
      "bcc_refs": ["email-addr"], "raw_email_ref": ["artifact"], "body_raw_ref": ["artifact", "file"],
    ],
    "file": ["parent_directory_ref": ["directory"], "content_ref": ["artifact"]],
    "ipv4-addr": ["resolves_to_refs": ["mac-addr"], "belongs_to_refs": ["autonomous-system"]],
    "ipv6-addr": ["resolves_to_refs": ["mac-addr"], "belongs_to_refs": ["autonomous-system"]],
    "network-traffic": [
      "src_ref": ["ipv4-addr", "ipv6-addr", "mac-addr", "domain-name"],
      "dst_ref": ["ipv4-addr", "ipv6-addr", "mac-addr", "domain-name"],
      "src_payload_ref": ["artifact"], "dst_payload_ref": ["artifact"], "message_body_data_ref": ["artifact"],
      "encapsulates_refs": ["network-traffic"], "encapsulated_by_ref": ["network-traffic"],
    ],
    "process": [
      "opened_connection_refs": ["network-traffic"], "creator_user_ref": ["user-account"], "image_ref": ["file"],
      "parent_ref": ["process"], "child_refs": ["process"], "service_dll_refs": ["file"],
    ],
    "windows-registry-key": ["creator_user_ref": ["user-account"]],
  ]
}
