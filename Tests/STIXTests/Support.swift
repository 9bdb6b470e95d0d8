import JSON

@testable import STIX

/// A bundle around objects given as text.
func bundle(_ objects: String..., members: String = "") throws -> STIXBundle {
  try bundle(objects, members: members)
}

func bundle(_ objects: [String], members: String = "") throws -> STIXBundle {
  let text = """
    {"type":"bundle","id":"bundle--\(uuid(0xB))",\(members)"objects":[\(objects.joined(separator: ","))]}
    """
  return try STIXBundle(reading: JSONDocument(Array(text.utf8)))
}

/// A UUIDv4 that ends in this number.
func uuid(_ number: Int) -> String {
  let digits = String(number, radix: 16)
  return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
}

/// A domain object with the common properties and further members as text.
func object(
  _ type: String = "malware", _ number: Int = 1, marking: [String] = [], _ members: String = #""name":"n""#
) -> String {
  let markings =
    marking.isEmpty ? "" : #""object_marking_refs":[\#(marking.map { "\"\($0)\"" }.joined(separator: ","))],"#
  return #"{"type":"\#(type)","spec_version":"2.1","id":"\#(type)--\#(uuid(number))","#
    + #""created":"2026-01-02T03:04:05.000Z","modified":"2026-01-02T03:04:05.000Z",\#(markings)\#(members)}"#
}

/// A marking-definition with these members.
func markingDefinition(_ number: Int, _ members: String) -> String {
  markingDefinition(id: "marking-definition--\(uuid(number))", members)
}

func markingDefinition(id: String, _ members: String) -> String {
  #"{"type":"marking-definition","spec_version":"2.1","id":"\#(id)","created":"2026-01-02T03:04:05.000Z",\#(members)}"#
}

func pointer(_ text: String) -> JSONPointer {
  (try? JSONPointer(text)) ?? JSONPointer(tokens: ["not a pointer", text])
}
