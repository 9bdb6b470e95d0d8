import AMQP
import Broker
import Glibc

/// The broker of a measurement, with TLS, and the programs that work on it.
struct Stage: CustomStringConvertible {
  private let node: PrivateNode
  private let folder: String
  private var authority: String { folder + "/ca.pem" }

  static func open() async throws -> Stage {
    let folder = "/tmp/entente-amqp-\(getpid())"
    mkdir(folder, 0o700)
    // An authority and the broker's certificate.
    let steps = [
      "openssl ecparam -name prime256v1 -genkey -noout -out ca.key",
      "openssl req -x509 -new -key ca.key -days 30 -subj /CN=benchmark -out ca.pem",
      "openssl ecparam -name prime256v1 -genkey -noout -out server.key",
      "openssl req -new -key server.key -subj /CN=localhost -out server.csr",
      "printf 'subjectAltName=DNS:localhost\\n' > server.ext",
      "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile server.ext"
        + " -out server.pem",
    ]
    guard shell("cd \(folder) && { \(steps.joined(separator: " && ")); } 2>/dev/null") != nil else {
      throw Failed(what: "openssl made no certificates")
    }
    var options = PrivateNode.Options()
    options.memoryLimit = 4_000_000_000
    options.tls = .init(
      authorities: folder + "/ca.pem", certificate: folder + "/server.pem", key: folder + "/server.key",
      requiresCertificate: false)
    return Stage(node: try await PrivateNode.start(options), folder: folder)
  }

  /// What a worker needs to know to be run by hand.
  var description: String {
    "\(node.amqpPort) \(node.tlsPort ?? 0) \(node.user) \(node.password) \(authority)"
  }

  func close() async {
    await node.stop()
    _ = Self.shell("rm -rf \(folder)")
  }

  func configuration(isSecure: Bool) -> AMQPConfiguration {
    AMQPConfiguration(
      host: "localhost", port: isSecure ? node.tlsPort ?? 0 : node.amqpPort, username: node.user,
      password: node.password, connectTimeoutSeconds: 30, tls: isSecure ? AMQPTLS(trust: .file(authority)) : nil)
  }

  /// One round: publish into a queue, relay to another, consume that, with nothing left at the end.
  func run(_ setting: AMQPBenchmark.Setting, byUs: Bool, isPooled: Bool) async throws -> [Figures] {
    try await withQueues(setting.type) { queue in
      let port = (setting.isSecure ? node.tlsPort : node.amqpPort) ?? 0
      return try Worker.Work.allCases.map { work in
        var words = [
          "\(port)", node.user, node.password, work.rawValue + (byUs && isPooled ? "+pool" : ""),
          work == .consume ? queue + ".out" : queue,
          "\(setting.count)", "\(setting.size)",
        ]
        if setting.isSecure { words.append(authority) }
        return try Self.figures(
          byUs ? "\(Self.program("AMQPBenchmark")) worker" : Self.program("AMQPBenchmarkPeer"), words)
      }
    }
  }

  /// Runs with two queues of that type, whose names differ in `.out`.
  private func withQueues<Result>(_ type: AMQPChannel.QueueType, _ body: (String) throws -> Result) async throws
    -> Result
  {
    let queue = "bench.\(UInt32.random(in: 0 ... .max))"
    let connection = try await AMQPConnection.connect(configuration(isSecure: false))
    let channel = try await connection.openChannel()
    for name in [queue, queue + ".out"] { try await channel.declareQueue(name, type: type) }
    let result = try body(queue)
    for name in [queue, queue + ".out"] { try await channel.deleteQueue(name) }
    await connection.close()
    return result
  }

  /// Publishing 1 KiB with confirms into a quorum queue, beside what Python programs use.
  func comparePeers(python: String, script: String, rounds: Int) async throws {
    for peer in ["pika", "aio-pika"] {
      var ratios: [Double] = []
      for round in 0..<rounds {
        var costs: [Bool: Double] = [:]
        for isOurs in round % 2 == 0 ? [true, false] : [false, true] {
          costs[isOurs] = try await withQueues(.quorum) { queue in
            var words = ["\(node.amqpPort)", node.user, node.password, queue, "10000", "1024"]
            if isOurs { words.insert("publish", at: 3) }
            let program = isOurs ? "\(Self.program("AMQPBenchmark")) worker" : "\(python) \(script) \(peer)"
            return try Self.figures(program, words).cost
          }
        }
        guard let our = costs[true], let their = costs[false] else { continue }
        ratios.append(their / our)
      }
      print("ratio publish quorum 1024 B messages/CPU-s, to \(peer) \(fixed(median(ratios))) goal 5")
      fflush(nil)
    }
  }

  /// What an idle connection takes, in a process that did nothing before.
  func idleBytes(isSecure: Bool) throws -> Int {
    var words = [
      "\((isSecure ? node.tlsPort : node.amqpPort) ?? 0)", node.user, node.password, "publish", "-", "0", "0",
    ]
    if isSecure { words.append(authority) }
    return Int(try Self.figures("\(Self.program("AMQPBenchmark")) idle", words).count)
  }

  /// Runs while another process has so many idle TLS connections to the broker.
  func withIdle<Result>(_ count: Int, _ body: () async throws -> Result) async throws -> Result {
    let held = folder + "/held"
    let words = ["hold", "\(node.tlsPort ?? 0)", node.user, node.password, "publish", "-", "\(count)", "0", authority]
    guard let input = popen("\(Self.program("AMQPBenchmark")) \(words.joined(separator: " ")) > \(held)", "w") else {
      throw Failed(what: "no process for idle connections")
    }
    defer {
      // It ends with its input.
      pclose(input)
      unlink(held)
    }
    while Self.shell("test -s \(held)") == nil { try await Task.sleep(for: .milliseconds(100)) }
    return try await body()
  }

  /// A piece of work against a responder on that port, without a broker.
  static func alone(_ work: Worker.Work, port: UInt16, count: Int, size: Int, byUs: Bool) throws -> Figures {
    let words = ["\(port)", "anybody", "anything", work.rawValue, "bench.messages.in", "\(count)", "\(size)"]
    return try figures(byUs ? "\(program("AMQPBenchmark")) worker" : program("AMQPBenchmarkPeer"), words)
  }

  private static func figures(_ program: String, _ words: [String]) throws -> Figures {
    let line = shell("\(program) \(words.joined(separator: " "))") ?? ""
    let numbers = line.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard numbers.count == 3 else { throw Failed(what: "\(program) \(words[3]) said: \(line)") }
    return Figures(count: numbers[0], seconds: numbers[1], cpu: numbers[2])
  }

  /// A program beside this one.
  private static func program(_ name: String) -> String {
    var path = CommandLine.arguments[0]
    if let slash = path.lastIndex(of: "/") { path = String(path[...slash]) } else { path = "./" }
    return path + name
  }

  /// What a shell prints for a command; nil when it fails.
  private static func shell(_ command: String) -> String? {
    guard let pipe = popen(command, "r") else { return nil }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { text += buffer[..<count] }
    return pclose(pipe) == 0 ? String(decoding: text, as: UTF8.self) : nil
  }

  struct Failed: Error, CustomStringConvertible {
    var what: String
    var description: String { what }
  }
}
