import AMQP
import Contract
import Hub
import JSON
import Ledger

/// The story that the demo tells: every word about a message comes from what the exchange really did.
struct DemoStory {
  let stage: DemoStage

  func tell() async throws {
    try await warn()
    try await report()
    try await mend()
    try await closeTheBooks()
  }

  // MARK: - The scenes

  private func warn() async throws {
    scene("1", "CISA warns of GRIDWORM")
    let body = try stage.message("gridworm.json")
    let cisa = try await stage.agency("us-cisa")
    let count = try JSONDocument(body).root["objects"]?.count ?? 0
    say("us-cisa publishes messages/gridworm.json: a STIX 2.1 bundle of \(count) objects, TLP:CLEAR to TLP:RED.")
    show(try await cisa.publish(body, as: "gridworm-1", lane: .threat), to: "us-cisa")
    Terminal.say()
    let enisa = try await stage.agency("eu-enisa").next(on: .threat)
    show(enisa, to: "eu-enisa")
    let objects = try JSONDocument(enisa.body).root["objects"]
    for object in objects?.elements.map({ $0 }) ?? [] { say("    \(Self.summary(of: object))") }
    say("Not among them: what is TLP:RED, since us-cisa named nobody for it, and what would mention it.")
    Terminal.say()
    let poland = try await stage.agency("pl-cert-polska").next(on: .threat)
    show(poland, to: "pl-cert-polska")
    let event = try JSONDocument(poland.body).root["Event"]
    say("    MISP event \"\(event?["info"]?.string ?? "")\"")
    for attribute in event?["Attribute"]?.elements.map({ $0 }) ?? [] {
      say("    \(attribute["type"]?.string ?? "")  \(attribute["value"]?.string ?? "")")
    }
    Terminal.say()
    let seaCert = try await stage.agency("sea-cert")
    say("sea-cert gets \(try await seaCert.waiting() == 0 ? "nothing" : "something"). Why?")
    say("entente explain --from us-cisa --to sea-cert messages/gridworm.json says:")
    let forecast = try SharingForecast(
      of: body, from: Self.agency("us-cisa"), to: Self.agency("sea-cert"), under: stage.home.configuration,
      at: SystemClock().now())
    for line in forecast.lines().dropFirst(2) { say("    \(line)") }
    Terminal.say()
  }

  private func report() async throws {
    scene("2", "A national CSIRT reports an incident under NIS2")
    let netherlands = try await stage.agency("nl-ncsc")
    say("nl-ncsc publishes messages/early-warning.json: a NIS2 early warning, in its own format.")
    show(
      try await netherlands.publish(try stage.message("early-warning.json"), as: "early-warning-1", lane: .incident),
      to: "nl-ncsc")
    let delivery = try await stage.agency("eu-enisa").next(on: .incident)
    show(delivery, to: "eu-enisa")
    for object in try JSONDocument(delivery.body).root["objects"]?.elements.map({ $0 }) ?? []
    where object["type"]?.isString("incident") == true { say("    \(Self.summary(of: object))") }
    Terminal.say()
  }

  private func mend() async throws {
    scene("3", "A message that is wrong")
    let body = try stage.message("malformed.json")
    let cisa = try await stage.agency("us-cisa")
    say("us-cisa publishes messages/malformed.json: an indicator that lacks its pattern.")
    show(try await cisa.publish(body, as: "gridworm-2", lane: .threat), to: "us-cisa")
    let desk = DeadLetterDesk(stage.home, operator: "demo")
    guard let number = try await desk.list(DeadLetterFilter()).rows.first?.id, let story = try await desk.story(number),
      let letter = try await desk.letter(number)
    else { throw Answer.no("The message that is wrong is not among the dead letters.") }
    say("It lies in the dead letters. entente dead show \(number) says:")
    for line in story.lines() { say("    \(line)") }
    Terminal.say()
    say("The operator asks CISA, puts in the pattern and replays it:")
    say("entente dead edit \(number); entente dead replay \(number)")
    let mended = try Self.mended(body)
    let edit = try await desk.edit(letter, body: mended, note: "the pattern, as CISA gave it")
    say("    would it pass now? \(edit.prospect.sentence)")
    for act in try await desk.requestReplay([number]) {
      for outcome in try await desk.outcomes(of: act, until: .now + .seconds(30)) ?? [] {
        for line in outcome.lines() { say("    \(line)") }
      }
    }
    show(try await cisa.receipt(of: "gridworm-2"), to: "us-cisa")
    show(try await stage.agency("eu-enisa").next(on: .threat), to: "eu-enisa")
    Terminal.say()
  }

  private func closeTheBooks() async throws {
    scene("4", "What happened, and does it balance?")
    try await settle()
    say("entente trace early-warning-1:")
    let trace = try await stage.home.trace("early-warning-1")
    for line in trace?.lines() ?? [] { say("    \(line)") }
    Terminal.say()
    say("entente audit:")
    let audit = try await stage.home.ledger.audit()
    for line in audit.lines() { say("    \(line)") }
    Terminal.say()
    guard audit.isBalanced else { throw Answer.no("The books do not balance.") }
  }

  /// Waits until nothing is on its way.
  private func settle() async throws {
    for _ in 0..<600 {
      let audit = try await stage.home.ledger.audit()
      if audit.pairs.values.allSatisfy({ $0[.pending] ?? 0 == 0 }) { return }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  // MARK: - Words

  private func scene(_ number: String, _ title: String) {
    Terminal.say("\(number). \(title)")
  }

  private func say(_ text: String) { Terminal.say(text.isEmpty ? "" : "  \(text)") }

  private func show(_ receipt: JSONValue, to agency: String) {
    let verdict = receipt["receipt"]?.string ?? ""
    let kind = receipt["kind"]?.string.map { ", \($0)" } ?? ""
    say("→ receipt to \(agency): \(verdict)\(kind), along the \(receipt["lane"]?.string ?? "") lane")
    for reason in receipt["reasons"]?.elements.map({ $0 }) ?? [] {
      let place = reason["location"]?.string.map { " at \($0)" } ?? ""
      let sentence = "\(reason["cause"]?.string ?? "")\(place): \(reason["detail"]?.string ?? "")"
      for line in sentence.under("    ") { say(line) }
    }
  }

  private func show(_ delivery: AMQPDelivery, to agency: String) {
    let headers = delivery.properties.headers
    let losses = headers?[HeaderKeys.losses]?.text.map { ", losses: \($0)" } ?? ""
    say(
      "→ \(agency) gets \(delivery.properties.type ?? "?"), \(headers?[HeaderKeys.tlp]?.text ?? "?"), from "
        + "\(headers?[HeaderKeys.sender]?.text ?? "nobody named")\(losses)")
    if let obligations = headers?[HeaderKeys.obligations]?.text { say("    obligations: \(obligations)") }
  }

  private static func summary(of object: JSONValue) -> String {
    let type: String = object["type"]?.string ?? ""
    let name: String = object["name"]?.string ?? object["relationship_type"]?.string ?? ""
    return "\(type.padded(to: 14)) \(name)"
  }

  private static func agency(_ slug: String) throws -> AgencyID {
    guard let agency = AgencyID(slug) else { throw Answer.unusable("\(slug) is no agency.") }
    return agency
  }

  /// The malformed message with the pattern put in where it belongs.
  private static func mended(_ body: [UInt8]) throws -> [UInt8] {
    let text = String(decoding: body, as: UTF8.self)
    let before = #""pattern_type": "stix""#
    guard let place = text.firstRange(of: before) else {
      throw Answer.unusable("messages/malformed.json is not the message that this story tells of.")
    }
    let pattern = #""pattern": "[ipv4-addr:value = '198.51.100.77']", "#
    return Array((text[..<place.lowerBound] + pattern + text[place.lowerBound...]).utf8)
  }
}
