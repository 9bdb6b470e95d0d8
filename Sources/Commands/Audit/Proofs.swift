import ArgumentParser
import Crypto
import Hub
import Ledger

/// `entente audit prove`.
struct ProveMessage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Write a proof of what the log says of a message, for its sender or for a recipient.",
    discussion: """
      The file opens what its reader may know: to the sender its message, to a recipient its own delivery. Nothing of \
      anybody else is in it. The reader checks it with `entente audit check`, without trusting this hub.

      Example: entente audit prove 3f6c1b5e-0a54-4b0e-9d3c-6b1a2f1c7e10 --out proof.json
      """)

  @OptionGroup var location: ConfigurationOption

  @Option(help: "The message's sender, where several have used the id.")
  var sender: AgencyArgument?

  @Option(name: .customLong("for"), help: "Who will read it (default: the sender).")
  var reader: AgencyArgument?

  @Option(help: "Also prove that the log goes on from what it was at this size: that of an earlier proof.")
  var since: Int64?

  @Option(help: "Where to write it (default: standard output).")
  var out: String?

  @Argument(help: "A message-id, or the id of a delivery.")
  var id: String

  func run() async throws {
    let home = try HubOpening.open(location)
    let file: ProofFile?
    do {
      file = try await asking {
        try await home.proof(of: id, sender: sender?.id, to: reader?.id, since: since, at: SystemClock().now())
      }
    } catch let error as HubError {
      throw Answer.no(error.message)
    }
    guard let file else {
      let whom = reader.map { " that concerns \($0.id)" } ?? ""
      throw Answer.no(
        "The ledger knows no message\(whom) with the id \(id.printable.cut(to: 100)), or it did not get there; see "
          + "`entente trace`.")
    }
    guard let out else { return Terminal.put(line: file.encoded()) }
    try OutputFile.write(file.encoded() + [UInt8(ascii: "\n")], to: out)
    Terminal.say("Written to \(out), for \(file.reader). The log has \(file.proof.head.size) entries.")
  }
}

/// `entente audit check`.
struct CheckProof: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a proof that a hub gave, offline: no ledger and no configuration is needed.",
    discussion: """
      Exit code 1 where it does not hold; every reason is named.

      Example: entente audit check proof.json --key 3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29
      """)

  @Option(help: "The hub's public key as `entente audit key` prints it, got by another way than the proof; or a file.")
  var key: String

  @Option(help: "A proof that you got before: the log must go on from it.")
  var earlier: String?

  @Option(help: "The body that you published: the log must vouch for it.")
  var body: String?

  @Argument(help: "The proof; - is standard input.")
  var file: String

  func run() async throws {
    guard let key = try publicKey() else {
      throw Answer.unusable(
        "--key must be the 64 hexadecimal digits that `entente audit key` prints, or a file of them.")
    }
    let digest = try body.map { Array(SHA256.hash(data: try bytes(of: $0))) }
    let check = ProofCheck(
      try proof(in: file), key: key, earlier: try earlier.map { try proof(in: $0) }, bodyDigest: digest)
    Terminal.say(check.lines(width: Terminal.width))
    if !check.holds { throw Answer.no() }
  }

  private func publicKey() throws -> Curve25519.Signing.PublicKey? {
    var text = key
    if Hex.bytes(key)?.count != 32 {
      text = String(decoding: try bytes(of: key), as: UTF8.self).filter { !$0.isWhitespace }
    }
    guard let raw = Hex.bytes(text), raw.count == 32 else { return nil }
    return try? Curve25519.Signing.PublicKey(rawRepresentation: raw)
  }

  private func proof(in name: String) throws -> ProofFile {
    let text = try bytes(of: name)
    do throws(ProofFile.Trouble) {
      return try ProofFile(decoding: text)
    } catch {
      throw Answer.unusable("\(name) cannot be read as a proof. \(error.sentence)")
    }
  }

  private func bytes(of name: String) throws -> [UInt8] {
    do throws(InputFile.Trouble) {
      return try InputFile(name: name).read(maximumBytes: 256 << 20)
    } catch {
      throw Answer.unusable(error.sentence.printable)
    }
  }
}
