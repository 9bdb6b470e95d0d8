/// The properties that the specification defines, by type; a test compares them with the schemas.
enum KnownProperties {
  /// Whether a type of the specification has the property; true for any property of other types.
  static func holds(_ type: String, _ property: String) -> Bool {
    guard let own = own[type] else { return true }
    if own.contains(property) { return true }
    switch ObjectKind(type: type) {
    case .bundle: return property == "type" || property == "id"
    case .observable: return ofObservables.contains(property)
    case .meta where type == "marking-definition": return ofMarkings.contains(property)
    default: return ofOthers.contains(property)
    }
  }

  /// What domain, relationship and meta objects share.
  static let ofOthers: Set<String> = [
    "type", "spec_version", "id", "created_by_ref", "created", "modified", "revoked", "labels", "confidence", "lang",
    "external_references", "object_marking_refs", "granular_markings", "extensions",
  ]
  static let ofMarkings: Set<String> = [
    "type", "spec_version", "id", "created_by_ref", "created", "external_references", "object_marking_refs",
    "granular_markings", "extensions",
  ]
  /// What observables share.
  static let ofObservables: Set<String> = [
    "type", "spec_version", "id", "object_marking_refs", "granular_markings", "defanged", "extensions",
  ]

  /// The properties of each type's own.
  static let own: [String: Set<String>] = table(
    """
    bundle: objects
    artifact: mime_type payload_bin url hashes encryption_algorithm decryption_key
    attack-pattern: aliases description kill_chain_phases name
    autonomous-system: number name rir
    campaign: aliases description first_seen last_seen name objective
    course-of-action: name description
    directory: path path_enc ctime mtime atime contains_refs
    domain-name: value resolves_to_refs
    email-addr: value display_name belongs_to_ref
    email-message: is_multipart date content_type from_ref sender_ref to_refs cc_refs bcc_refs message_id subject \
      received_lines additional_header_fields body body_multipart raw_email_ref
    extension-definition: name description schema version extension_types extension_properties
    file: hashes size name name_enc magic_number_hex mime_type ctime mtime atime parent_directory_ref contains_refs \
      content_ref
    grouping: context description name object_refs
    identity: contact_information description identity_class name roles sectors
    incident: name description
    indicator: description indicator_types kill_chain_phases name pattern pattern_type pattern_version valid_from \
      valid_until
    infrastructure: aliases description first_seen infrastructure_types kill_chain_phases last_seen name
    intrusion-set: aliases description first_seen goals last_seen name primary_motivation resource_level \
      secondary_motivations
    ipv4-addr: value resolves_to_refs belongs_to_refs
    ipv6-addr: value resolves_to_refs belongs_to_refs
    language-content: object_ref object_modified contents
    location: administrative_area city country description latitude longitude name postal_code precision region \
      street_address
    mac-addr: value
    malware-analysis: analysis_definition_version analysis_ended analysis_engine_version analysis_sco_refs \
      analysis_started configuration_version host_vm_ref installed_software_refs modules operating_system_ref \
      product result result_name sample_ref submitted version
    malware: aliases architecture_execution_envs capabilities description first_seen implementation_languages \
      is_family kill_chain_phases last_seen malware_types name operating_system_refs sample_refs
    marking-definition: name definition_type definition
    mutex: name
    network-traffic: start end is_active src_ref dst_ref src_port dst_port protocols src_byte_count dst_byte_count \
      src_packets dst_packets ipfix src_payload_ref dst_payload_ref encapsulates_refs encapsulated_by_ref
    note: abstract authors content object_refs
    observed-data: first_observed last_observed number_observed object_refs objects
    opinion: authors explanation object_refs opinion
    process: is_hidden pid created_time cwd command_line environment_variables opened_connection_refs \
      creator_user_ref image_ref parent_ref child_refs
    relationship: description relationship_type source_ref start_time stop_time target_ref
    report: description name object_refs published report_types
    sighting: count description first_seen last_seen observed_data_refs sighting_of_ref summary where_sighted_refs
    software: name cpe swid languages vendor version
    threat-actor: aliases description first_seen goals last_seen name primary_motivation resource_level \
      secondary_motivations personal_motivations roles sophistication threat_actor_types
    tool: aliases description kill_chain_phases name tool_types tool_version
    url: value
    user-account: user_id credential account_login account_type display_name is_service_account is_privileged \
      can_escalate_privs is_disabled account_created account_expires credential_last_changed account_first_login \
      account_last_login
    vulnerability: description name
    windows-registry-key: key values modified_time creator_user_ref number_of_subkeys
    x509-certificate: is_self_signed hashes version serial_number signature_algorithm issuer validity_not_before \
      validity_not_after subject subject_public_key_algorithm subject_public_key_modulus subject_public_key_exponent \
      x509_v3_extensions
    """)

  /// The predefined extensions of observables, and what each holds.
  static let extensions: [String: [String: Set<String>]] = [
    "file": table(
      """
      archive-ext: contains_refs comment
      ntfs-ext: sid alternate_data_streams
      pdf-ext: version is_optimized document_info_dict pdfid0 pdfid1
      raster-image-ext: image_height image_width bits_per_pixel exif_tags
      windows-pebinary-ext: pe_type imphash machine_hex number_of_sections time_date_stamp \
        pointer_to_symbol_table_hex number_of_symbols size_of_optional_header characteristics_hex \
        file_header_hashes optional_header sections
      """),
    "network-traffic": table(
      """
      http-request-ext: request_method request_value request_version request_header message_body_length \
        message_body_data_ref
      icmp-ext: icmp_type_hex icmp_code_hex
      socket-ext: address_family is_blocking is_listening options socket_type socket_descriptor socket_handle
      tcp-ext: src_flags_hex dst_flags_hex
      """),
    "process": table(
      """
      windows-process-ext: aslr_enabled dep_enabled priority owner_sid window_title startup_info integrity_level
      windows-service-ext: service_name descriptions display_name group_name start_type service_dll_refs \
        service_type service_status
      """),
    "user-account": table("unix-account-ext: gid groups home_dir shell"),
  ]

  /// Objects and lists of objects inside observables and their extensions, by the property that holds them.
  static let embedded: [String: Set<String>] = table(
    """
    body_multipart: body body_raw_ref content_type content_disposition
    values: name data data_type
    x509_v3_extensions: basic_constraints name_constraints policy_constraints key_usage extended_key_usage \
      subject_key_identifier authority_key_identifier subject_alternative_name issuer_alternative_name \
      subject_directory_attributes crl_distribution_points inhibit_any_policy private_key_usage_period_not_before \
      private_key_usage_period_not_after certificate_policies policy_mappings
    alternate_data_streams: name hashes size
    optional_header: magic_hex major_linker_version minor_linker_version size_of_code size_of_initialized_data \
      size_of_uninitialized_data address_of_entry_point base_of_code base_of_data image_base section_alignment \
      file_alignment major_os_version minor_os_version major_image_version minor_image_version \
      major_subsystem_version minor_subsystem_version win32_version_value_hex size_of_image size_of_headers \
      checksum_hex subsystem_hex dll_characteristics_hex size_of_stack_reserve size_of_stack_commit \
      size_of_heap_reserve size_of_heap_commit loader_flags_hex number_of_rva_and_sizes hashes
    sections: name size entropy hashes
    """)

  private static func table(_ text: String) -> [String: Set<String>] {
    var table: [String: Set<String>] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      table[String(words[0].dropLast())] = Set(words.dropFirst())
    }
    return table
  }
}
