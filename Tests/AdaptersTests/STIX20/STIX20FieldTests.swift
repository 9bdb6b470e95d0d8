import JSON
import Testing

@testable import Adapters

/// Every property of STIX 2.0 (parts 1, 2 and 4) stands in a golden case; there is no schema of it here to walk.
@Suite struct STIX20FieldTests {
  private static let common = """
    type id created_by_ref created modified revoked labels external_references object_marking_refs granular_markings
    """

  private static let objects = [
    "bundle": "type id spec_version objects",
    "marking-definition": """
    type id created_by_ref created external_references object_marking_refs granular_markings definition_type definition
    """,
    "definition": "tlp statement",
    "external_references": "source_name description url hashes external_id",
    "granular_markings": "marking_ref selectors", "kill_chain_phases": "kill_chain_name phase_name",
    "attack-pattern": common + " name description kill_chain_phases",
    "campaign": common + " name description aliases first_seen last_seen objective",
    "course-of-action": common + " name description",
    "identity": common + " name description identity_class sectors contact_information",
    "indicator": common + " name description pattern valid_from valid_until kill_chain_phases",
    "intrusion-set": common + """
       name description aliases first_seen last_seen goals resource_level primary_motivation secondary_motivations
      """,
    "malware": common + " name description kill_chain_phases",
    "observed-data": common + " first_observed last_observed number_observed objects",
    "report": common + " name description published object_refs",
    "threat-actor": common + """
       name description aliases roles goals sophistication resource_level primary_motivation secondary_motivations
       personal_motivations
      """,
    "tool": common + " name description kill_chain_phases tool_version",
    "vulnerability": common + " name description",
    "relationship": common + " relationship_type description source_ref target_ref",
    "sighting": common + """
       first_seen last_seen count sighting_of_ref observed_data_refs where_sighted_refs summary
      """,
  ]

  private static let observables = [
    "artifact": "mime_type payload_bin url hashes", "autonomous-system": "number name rir",
    "directory": "path path_enc created modified accessed contains_refs", "domain-name": "value resolves_to_refs",
    "email-addr": "value display_name belongs_to_ref",
    "email-message": """
    is_multipart date content_type from_ref sender_ref to_refs cc_refs bcc_refs subject received_lines
    additional_header_fields body body_multipart raw_email_ref
    """,
    "body_multipart": "body body_raw_ref content_type content_disposition",
    "file": """
    hashes size name name_enc magic_number_hex mime_type created modified accessed parent_directory_ref is_encrypted
    encryption_algorithm decryption_key contains_refs content_ref extensions
    """,
    "archive-ext": "contains_refs version comment", "ntfs-ext": "sid alternate_data_streams",
    "alternate_data_streams": "name hashes size",
    "pdf-ext": "version is_optimized document_info_dict pdfid0 pdfid1",
    "raster-image-ext": "image_height image_width bits_per_pixel image_compression_algorithm exif_tags",
    "windows-pebinary-ext": """
    pe_type imphash machine_hex number_of_sections time_date_stamp pointer_to_symbol_table_hex number_of_symbols
    size_of_optional_header characteristics_hex file_header_hashes optional_header sections
    """,
    "optional_header": """
    magic_hex major_linker_version minor_linker_version size_of_code size_of_initialized_data
    size_of_uninitialized_data address_of_entry_point base_of_code base_of_data image_base section_alignment
    file_alignment major_os_version minor_os_version major_image_version minor_image_version major_subsystem_version
    minor_subsystem_version win32_version_value_hex size_of_image size_of_headers checksum_hex subsystem_hex
    dll_characteristics_hex size_of_stack_reserve size_of_stack_commit size_of_heap_reserve size_of_heap_commit
    loader_flags_hex number_of_rva_and_sizes hashes
    """,
    "sections": "name size entropy hashes", "ipv4-addr": "value resolves_to_refs belongs_to_refs",
    "ipv6-addr": "value resolves_to_refs belongs_to_refs", "mac-addr": "value", "mutex": "name",
    "network-traffic": """
    start end is_active src_ref dst_ref src_port dst_port protocols src_byte_count dst_byte_count src_packets
    dst_packets ipfix src_payload_ref dst_payload_ref encapsulates_refs encapsulated_by_ref extensions
    """,
    "http-request-ext": """
    request_method request_value request_version request_header message_body_length message_body_data_ref
    """,
    "icmp-ext": "icmp_type_hex icmp_code_hex", "tcp-ext": "src_flags_hex dst_flags_hex",
    "socket-ext": """
    address_family is_blocking is_listening protocol_family options socket_type socket_descriptor socket_handle
    """,
    "process": """
    is_hidden pid name created cwd arguments command_line environment_variables opened_connection_refs
    creator_user_ref binary_ref parent_ref child_refs extensions
    """,
    "windows-process-ext": "aslr_enabled dep_enabled priority owner_sid window_title startup_info",
    "windows-service-ext": """
    service_name descriptions display_name group_name start_type service_dll_refs service_type service_status
    """,
    "software": "name cpe languages vendor version", "url": "value",
    "user-account": """
    user_id account_login account_type display_name is_service_account is_privileged can_escalate_privs is_disabled
    account_created account_expires password_last_changed account_first_login account_last_login extensions
    """,
    "unix-account-ext": "gid groups home_dir shell",
    "windows-registry-key": "key values modified creator_user_ref number_of_subkeys",
    "values": "name data data_type",
    "x509-certificate": """
    is_self_signed hashes version serial_number signature_algorithm issuer validity_not_before validity_not_after
    subject subject_public_key_algorithm subject_public_key_modulus subject_public_key_exponent x509_v3_extensions
    """,
    "x509_v3_extensions": """
    basic_constraints name_constraints policy_constraints key_usage extended_key_usage subject_key_identifier
    authority_key_identifier subject_alternative_name issuer_alternative_name subject_directory_attributes
    crl_distribution_points inhibit_any_policy private_key_usage_period_not_before private_key_usage_period_not_after
    certificate_policies policy_mappings
    """,
  ]

  /// `file.name`: the type of the object that has it, or else the property or extension that holds it.
  private static let fields = Set(
    objects.merging(observables) { first, _ in first }.flatMap { owner, names in
      names.split(whereSeparator: \.isWhitespace).map { "\(owner).\($0)" }
    })

  private static func collect(
    _ value: JSONValue, _ name: String, _ residue: Set<JSONPointer>, _ here: JSONPointer = .root
  )
    -> Set<String>
  {
    guard !residue.contains(here) else { return [] }
    var found: Set<String> = []
    for (index, element) in value.elements.enumerated() {
      found.formUnion(collect(element, name, residue, here.appending(index)))
    }
    for (key, member) in value.members where !residue.contains(here.appending(key)) {
      found.insert("\(value["type"]?.string ?? name).\(key)")
      found.formUnion(collect(member, key, residue, here.appending(key)))
    }
    return found
  }

  private func found(_ cases: [GoldenCase]) throws -> Set<String> {
    try cases.reduce(into: []) { found, golden in
      found.formUnion(Self.collect(try golden.required("input.json").root, "", Set(try golden.residue())))
    }
  }

  @Test func `each property of STIX 2_0 stands in a golden case`() throws {
    let cases = GoldenFolder.cases("stix20")
    #expect(Self.fields.count > 350)
    #expect(Self.fields.subtracting(try found(cases)) == [])
  }

  @Test func `a property that no case has is missed`() throws {
    let cases = GoldenFolder.cases("stix20")
    let missing = Self.fields.subtracting(try found(cases.filter { !$0.name.hasSuffix("every-observable") }))
    #expect(missing.contains("optional_header.image_base") && missing.contains("mutex.name"))
    #expect(!missing.contains("campaign.objective"))
  }
}
