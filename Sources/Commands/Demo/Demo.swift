import ArgumentParser
import Hub
import UnixSignals

/// `entente demo`.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the main job on a private broker: publish, decide, translate, deliver, mend, replay, prove.",
    discussion: """
      Starts a RabbitMQ of its own on this machine alone, plays a story with the agencies of an example, and ends with \
      nothing left running. With --keep the exchange stays up afterwards, and how to go on by hand is printed.

      Example: entente demo --keep
      """)

  @Option(help: "The folder of the example.")
  var example = "Examples/transatlantic"

  @Flag(help: "Leave the exchange running after the story, until Ctrl-C.")
  var keep = false

  func run() async throws {
    Terminal.say("Entente: what cyber agencies tell each other, under exactly the terms that they agreed.")
    Terminal.say()
    let stage: DemoStage
    do {
      stage = try await DemoStage.set(example: example)
    } catch let error as HubError {
      throw Answer.unusable(error.message)
    }
    do {
      try await play(on: stage)
    } catch {
      await stage.strike()
      throw error
    }
    await stage.strike()
    Terminal.say("Nothing is left running.")
  }

  /// The story, and with --keep the time after it, until it ends or a signal does.
  private func play(on stage: DemoStage) async throws {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await DemoStory(stage: stage).tell()
        if keep { try await stayUp(stage) }
      }
      group.addTask { for await _ in signals { return } }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func stayUp(_ stage: DemoStage) async throws {
    Terminal.say(
      """
      The exchange stays up. In another terminal, from this folder:

        export ENTENTE_CONFIG=\(stage.folder)
        export PATH=\(stage.programFolder):$PATH

        entente doctor
        entente publish --as us-cisa --wait \(stage.folder)/messages/gridworm.json
        entente listen --as eu-enisa --count 1 --timeout 10
        entente explain --from us-cisa --to sea-cert \(stage.folder)/messages/gridworm.json
        entente dead list
        entente audit

      RabbitMQ's own pages: http://127.0.0.1:\(stage.managementPort) as \(stage.administrator); the password lies in
        \(stage.folder)/secrets/broker/\(stage.administrator)

      Ctrl-C ends everything and removes the folder.
      """)
    try await Task.sleep(for: .seconds(365 * 86_400))
  }
}
