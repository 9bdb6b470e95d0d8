import Contract
import Testing

@testable import AMQP
@testable import AgencyClient

@Suite struct InboxFolderTests {
  private let folder = Folder()

  @Test func `body and envelope lie side by side`() throws {
    let message = InboxMessage.test(
      id: "abc", revision: 2, body: "{\"x\":1}",
      headers: [
        "entente-sender": "us-cisa", "entente-tlp": "TLP:GREEN", "entente-obligations": "onward=no",
        "entente-losses": "2 meaning", "entente-exercise": true,
      ], contentType: "application/json")
    #expect(try InboxFolder(folder.path).write(message) == "abc.r2.json")
    #expect(try folder.files() == ["abc.r2.json", "abc.r2.meta"])
    #expect(try folder.text("abc.r2.json") == "{\"x\":1}")
    #expect(
      try folder.text("abc.r2.meta") == """
        {"message_id":"abc","revision":2,"lane":"threat","type":"stix/indicators","content_type":"application/json",\
        "sender":"us-cisa","tlp":"TLP:GREEN","obligations":"onward=no","losses":"2 meaning","exercise":true,\
        "accepted_at":"2025-11-24T16:00:00.000Z"}

        """)
  }

  @Test func `a repeat changes nothing, a revision lies beside it`() throws {
    let inbox = try InboxFolder(folder.path)
    for revision: Int64 in [1, 1, 2] { try inbox.write(.test(id: "a", revision: revision)) }
    #expect(try folder.files() == ["a.r1.json", "a.r1.meta", "a.r2.json", "a.r2.meta"])
  }

  @Test func `an id cannot leave the folder`() throws {
    let name = try InboxFolder(folder.path).write(.test(id: "../../etc/passwd"))
    #expect(name == "%2e.%2f..%2fetc%2fpasswd.r1.json")
  }
}
