import ArgumentParser
import Hub
import Ledger

/// `entente keys`: the master keys of payloads.
struct Keys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The master keys that payloads are sealed under: list, rotate, drop.",
    discussion: """
      Each payload has a key of its own, which lies beside it, wrapped under a master key of the secrets folder.

      Example: entente keys list
      """,
    subcommands: [ListKeys.self, RotateKey.self, RewrapKeys.self, DropKeys.self])
}

/// `entente keys list`.
struct ListKeys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "The master keys, the one in use first, and how many payloads need each.",
    discussion: "Exit code 1 where a payload needs a key that is not there.\n\nExample: entente keys list")

  @OptionGroup var location: ConfigurationOption

  func run() async throws {
    let home = try HubOpening.open(location)
    let names = try keyAnswer { try home.secrets.allKeys(.payload).map(\.identifier) }
    let counts = try await asking { try await home.ledger.payloadsByMaster() }
    for (index, name) in names.enumerated() {
      let use = index == 0 ? "in use, " : ""
      Terminal.say("\(name)  \(use)\(PlainText.count(counts[name] ?? 0, "payload"))")
    }
    if let plain = counts[nil] {
      Terminal.say("in the clear: \(PlainText.count(plain, "payload")) from before; `entente keys rewrap` seals them")
    }
    let missing = counts.keys.compactMap { $0 }.filter { !names.contains($0) }.sorted()
    for name in missing {
      Terminal.say("\(name)  MISSING, \(PlainText.count(counts[name] ?? 0, "payload")) cannot be read")
    }
    if !missing.isEmpty { throw Answer.no() }
  }
}

/// `entente keys rotate`.
struct RotateKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate",
    abstract: "Make a new master key and use it for payloads from now on; older ones stay as they are.",
    discussion: """
      Running hubs take it up within a minute. Back the secrets folder up afterwards.

      Example: entente keys rotate
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  func run() async throws {
    let desk = ErasureDesk(try HubOpening.open(location), operator: try actor.name())
    let name = try await keyAnswer { try await asking { try await desk.rotatePayloadKey() } }
    Terminal.say(
      "The key \(name) is in use; back the secrets folder up. `entente keys rewrap` brings older ones under it.")
  }
}

/// `entente keys rewrap`.
struct RewrapKeys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rewrap",
    abstract: "Bring every payload under the master key in use, and seal those that lie in the clear.",
    discussion: """
      Works beside running hubs, and can be ended and begun again at any time.

      Example: entente keys rewrap
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  func run() async throws {
    let desk = ErasureDesk(try HubOpening.open(location), operator: try actor.name())
    let count = try await keyAnswer { try await asking { try await desk.rewrap() } }
    Terminal.say("\(PlainText.count(count, "payload")) brought under the key in use.")
  }
}

/// `entente keys drop`.
struct DropKeys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop",
    abstract: "Delete the master keys that no payload needs any more.",
    discussion: """
      Rewrap first, and let hubs have run for a minute since the rotation. Backups from before then cannot be read with \
      this secrets folder any more, which is how what was erased goes from them too.

      Example: entente keys drop
      """)

  @OptionGroup var location: ConfigurationOption
  @OptionGroup var actor: OperatorOption

  func run() async throws {
    let desk = ErasureDesk(try HubOpening.open(location), operator: try actor.name())
    let names = try await keyAnswer { try await asking { try await desk.dropUnusedPayloadKeys() } }
    Terminal.say(
      names.isEmpty
        ? "Every key is needed; `entente keys list` shows for what." : "Deleted: \(names.joined(separator: ", ")).")
  }
}

/// Turns trouble with the secrets folder into an answer.
func keyAnswer<Value>(_ body: () async throws -> Value) async throws -> Value {
  do { return try await body() } catch let error as HubError { throw Answer.unusable(error.message) }
}

func keyAnswer<Value>(_ body: () throws -> Value) throws -> Value {
  do { return try body() } catch let error as HubError { throw Answer.unusable(error.message) }
}
