/// What has another name in STIX 2.1, or none (STIX 2.0 parts 2 and 4, STIX 2.1 sections 4 and 6).
enum STIX20Names {
  /// What labels are called in STIX 2.1, by type: where STIX 2.0 said what they are.
  static let labels = [
    "identity": "roles", "indicator": "indicator_types", "malware": "malware_types", "report": "report_types",
    "threat-actor": "threat_actor_types", "tool": "tool_types",
  ]

  /// Properties of observables.
  static let renamed: [String: [String: String]] = [
    "file": ["created": "ctime", "modified": "mtime", "accessed": "atime"],
    "directory": ["created": "ctime", "modified": "mtime", "accessed": "atime"],
    "process": ["binary_ref": "image_ref", "created": "created_time"],
    "user-account": ["password_last_changed": "credential_last_changed"],
    "windows-registry-key": ["modified": "modified_time"],
  ]

  /// Whether an observable or extension does not have that property any more.
  static func isGone(_ name: String, of type: String) -> Bool { gone[type]?.contains(name) ?? false }

  private static let gone: [String: Set<String>] = [
    "file": ["is_encrypted", "encryption_algorithm", "decryption_key"],
    "process": ["name", "arguments"],
    "archive-ext": ["version"],
    "raster-image-ext": ["image_compression_algorithm"],
    "socket-ext": ["protocol_family"],
  ]

  /// Of hash-algorithm-ov one is spelt otherwise.
  static func hash(_ algorithm: String) -> String { algorithm == "ssdeep" ? "SSDEEP" : algorithm }

  /// Properties whose values are names and texts of others, and never references.
  static let dictionaries: Set = [
    "document_info_dict", "environment_variables", "exif_tags", "ipfix", "options", "startup_info",
  ]

  /// Properties with the headers of a mail or a request.
  static let headers: Set = ["additional_header_fields", "request_header"]

  /// The type of what a reference leads to, where names of that type have changed.
  static let targets = [
    "belongs_to_ref": "user-account", "binary_ref": "file", "body_raw_ref": "file", "child_refs": "process",
    "contains_refs": "file", "creator_user_ref": "user-account", "parent_directory_ref": "directory",
    "parent_ref": "process", "service_dll_refs": "file",
  ]
}
