import Contract
import Glibc
import Testing

@testable import Hub

@Suite struct `The secrets folder` {
  @Test func `that is missing is named, with the command that makes it`() throws {
    let folder = try TemporaryFolder()
    let error = try #require(throws: HubError.self) { try SecretsFolder(path: folder.path + "/none", create: false) }
    #expect(error.code == .secrets)
    #expect(error.message.contains("entente topology apply"))
  }

  @Test func `that is open to others is refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/secrets"
    _ = try SecretsFolder(path: path, create: true)
    chmod(path, 0o750)
    let error = try #require(throws: HubError.self) { try SecretsFolder(path: path, create: false) }
    #expect(error.message.contains("chmod 700"))
  }

  @Test func `with a damaged key is refused by the file's name`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/secrets"
    let secrets = try SecretsFolder(path: path, create: true)
    try SecretFile.write("k1 abcd\n", to: path + "/hmac.key")
    let error = try #require(throws: HubError.self) { try secrets.keys() }
    #expect(error.message.contains("hmac.key"))
  }

  @Test func `keeps its keys and passwords when it is opened again`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a/b/secrets"
    let first = try SecretsFolder(path: path, create: true)
    let password = try first.passwordMakingOne(of: "us-cisa")
    let second = try SecretsFolder(path: path, create: true)
    #expect(try second.password(of: "us-cisa") == password)
    #expect(try second.keys().hmac == first.keys().hmac)
    var status = stat()
    #expect(stat(path + "/broker/us-cisa", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test func `gives ids that differ by each of sender, message and recipient`() throws {
    let keys = try testKeys().keys
    let (a, b) = (AgencyID.known("us-cisa"), AgencyID.known("eu-enisa"))
    let ids = [
      keys.deliveryID(sender: a, messageID: "1", recipient: b),
      keys.deliveryID(sender: b, messageID: "1", recipient: a),
      keys.deliveryID(sender: a, messageID: "2", recipient: b),
      keys.deliveryID(sender: a, messageID: "1", recipient: a),
    ]
    #expect(Set(ids).count == 4)
    #expect(ids[0] == keys.deliveryID(sender: a, messageID: "1", recipient: b))
  }
}
