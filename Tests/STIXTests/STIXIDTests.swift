import JSON
import Testing

@testable import STIX

@Suite struct STIXIDTests {
  @Test(arguments: [
    "", "malware", "malware--", "malware-\(uuid(1))", "malware--\(uuid(1))0", "malware--\(uuid(1).dropLast())",
    "Malware--\(uuid(1))", "ma--lware--\(uuid(1))", "-malware--\(uuid(1))", "malware---\(uuid(1))", "ab--\(uuid(1))",
    "1malware--\(uuid(1))", "malw@re--\(uuid(1))", " malware--\(uuid(1))",
    "malware--00000000-0000-0000-8000-000000000001",
    "malware--00000000-0000-4000-c000-000000000001", "malware--g0000000-0000-4000-8000-000000000001",
    "\(String(repeating: "a", count: 251))--\(uuid(1))",
  ])
  func `what is no identifier is refused`(text: String) {
    #expect(STIXID(text) == nil)
  }

  @Test func `an identifier is a type and a UUID`() throws {
    let id = try #require(STIXID("x509-certificate--" + uuid(0xAB).uppercased()))
    #expect(id.type == "x509-certificate")
    #expect(id.version == 4)
    #expect(id == STIXID("x509-certificate--" + uuid(0xAB)))
    #expect(id.uuid == uuid(0xAB).uppercased())
  }

  @Test(arguments: [
    (#"{"type":"ipv4-addr","value":"198.51.100.3"}"#, "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"),
    (#"{"type":"domain-name","value":"example.com"}"#, "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7"),
    (
      #"{"type":"email-addr","value":"john@example.com","display_name":"J"}"#,
      "email-addr--7165e2a9-671f-585d-b1e1-ca59c671d934"
    ),
    (#"{"type":"autonomous-system","number":15139}"#, "autonomous-system--3aa27478-50b5-5ab8-9da9-cdc12b657fff"),
    (#"{"type":"mac-addr","value":"d2:fb:49:24:37:18"}"#, "mac-addr--757b1725-9903-54f5-a855-1240691d7659"),
    (#"{"type":"mutex","name":"__CLEANSWEEP__"}"#, "mutex--f93fe911-e545-5239-b9b0-597840d0c871"),
    (
      #"{"type":"file","name":"qwerty.dll","size":3,"hashes":{"#
        + #""SHA-256":"fe90a7e910cb3a4739bed9180e807e93fa70c90f25a8915476f5e4bfbac681db"}}"#,
      "file--9834f286-4689-54a5-b74d-15972b087997"
    ),
  ])
  func `an observable's id derives from its contributing properties`(text: String, id: String) throws {
    #expect(DeterministicID.sco(of: try JSONDocument(Array(text.utf8)).root) == id)
  }

  @Test(arguments: [#"{"type":"process","pid":3}"#, #"{"type":"file","size":3}"#, #"{"type":"malware","name":"n"}"#])
  func `nothing to derive from gives no id`(text: String) throws {
    #expect(DeterministicID.sco(of: try JSONDocument(Array(text.utf8)).root) == nil)
  }

  @Test func `of several hashes the first in the specification's order contributes`() throws {
    let both = #"{"type":"file","hashes":{"SHA-256":"a","MD5":"b"}}"#
    let one = #"{"type":"file","hashes":{"MD5":"b"}}"#
    #expect(
      DeterministicID.sco(of: try JSONDocument(Array(both.utf8)).root)
        == DeterministicID.sco(of: try JSONDocument(Array(one.utf8)).root))
  }
}
