import Testing

@testable import AMQP

@Suite struct URITests {
  @Test(arguments: [
    ("http://host", "amqp://"), ("amqp://h/a/b", "%2F"), ("amqp://h:99999", "port"), ("amqp://h:x", "port"),
    ("amqp://u:secret%zz@h", "percent"), ("amqp://h?colour=red", "colour"), ("amqp://h?heartbeat=0", "heartbeat"),
    ("amqp://h?cacertfile=/ca.pem", "amqps"), ("amqps://h?verify=verify_none", "always verified"),
    ("amqps://h?keyfile=/k", "certfile"), ("amqp://h?auth_mechanism=gssapi", "gssapi"), ("amqp://[::1", "brackets"),
    ("amqp://a,,b", "no name"), ("amqp://h?heartbeat", "no value"), ("amqp://%ff", "UTF-8"),
  ])
  func `what is no URI of ours is refused with a reason`(_ uri: String, _ words: String) {
    let error = #expect(throws: AMQPError.self) { _ = try AMQPConfiguration(uri: uri) }
    #expect(error?.code == .configuration)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("secret") == false)
  }

  @Test func `what is left out is what every client takes`() throws {
    let bare = try AMQPConfiguration(uri: "amqp://")
    #expect((bare.host, bare.port, bare.vhost) == ("127.0.0.1", 5672, "/"))
    #expect((bare.username, bare.password) == ("guest", "guest"))
    #expect(bare.tls == nil)
    #expect(try AMQPConfiguration(uri: "amqp://h/").vhost == "")
    let secure = try AMQPConfiguration(uri: "AMQPS://h")
    #expect(secure.port == 5671)
    #expect(secure.tls == AMQPTLS())
  }

  @Test func `everything can be said`() throws {
    let uri =
      "amqps://eu-enisa:p%40ss%2F@a.example:1,[::1]:2,b/eu-enisa%2Ftest?heartbeat=7&connection_timeout=1500&name=hub"
      + "&cacertfile=/ca.pem&certfile=/c.pem&keyfile=/k.pem&server_name_indication=mq&verify=verify_peer"
      + "&auth_mechanism=EXTERNAL"
    let read = try AMQPConfiguration(uri: uri)
    #expect((read.username, read.password, read.vhost) == ("eu-enisa", "p@ss/", "eu-enisa/test"))
    #expect(
      read.endpoints == [.init(host: "a.example", port: 1), .init(host: "::1", port: 2), .init(host: "b", port: 5671)])
    #expect((read.heartbeatSeconds, read.connectTimeoutSeconds, read.connectionName) == (7, 1.5, "hub"))
    #expect(read.authentication == .external)
    #expect(
      read.tls
        == AMQPTLS(
          trust: .file("/ca.pem"), identity: .init(certificateChainFile: "/c.pem", privateKeyFile: "/k.pem"),
          serverName: "mq"))
    #expect("\(read)" == "amqps://eu-enisa@a.example:1,[::1]:2,b:5671/eu-enisa/test")
  }
}
