import AMQP
import Adapters
import Contract
import JSON
import Ledger
import Sharing

extension LaneOutlet {
  /// So many bytes of bodies are made before the first of them are sent.
  private static let bytesAtOnce = 256 << 10

  /// Delivers a batch; whether its inbox took no more. Where that ends before its time, the connection being lost,
  /// nothing has to wait until claims run out.
  ///
  /// - Parameter whenMade: what to do once all are made, before the last of them are sent.
  func deliver(_ batch: [PendingDelivery], whenMade: () async -> Void = {}) async throws -> Bool {
    let claimed = batch.filter(\.isClaimed).map { Self.suspect($0.number) }
    defer { context.recent.letGo(batch.filter { !$0.isClaimed }.map(\.message)) }
    let results: [(Int64, Settlement.Result)]
    do {
      results = try await attempt(batch, whenMade: whenMade)
      try await settle(results)
    } catch {
      if !Task.isCancelled {
        try await context.ledger.clearAttempts(sender: agency, keys: claimed)
        try await giveBack(batch.map(\.number), at: context.clock.now())
      }
      throw error
    }
    for _ in results { context.observe(.settled) }
    try await context.ledger.clearAttempts(sender: agency, keys: claimed)
    return results.contains { if case .retry = $0.1 { true } else { false } }
  }

  /// Writes and sends all of them; what came of each, in any order.
  private func attempt(
    _ batch: [PendingDelivery], whenMade: () async -> Void
  ) async throws -> [(Int64, Settlement.Result)] {
    let pipeline = DeliveryPipeline(
      configuration: context.current.configuration, keys: context.keys, now: context.clock.now())
    var results: [(Int64, Settlement.Result)] = []
    var sent: [(parts: ArraySlice<(PendingDelivery, SealedDelivery)>, answers: AMQPPublisher.Answers)] = []
    var ready: [(PendingDelivery, SealedDelivery)] = []
    var first = 0
    var bytes = 0
    func send() async throws {
      guard first < ready.count else { return }
      let part = ready[first...]
      sent.append((part, try await publisher.send(batch: part.map { publish($0.1, along: $0.0.lane) })))
      first = ready.count
      bytes = 0
    }
    for delivery in batch {
      if bytes >= Self.bytesAtOnce { try await send() }
      context.observe(.claimed)
      switch await make(delivery, pipeline) {
      case .failure(let end): results.append((delivery.number, end.result))
      case .success(let sealed):
        ready.append((delivery, sealed))
        context.observe(.written)
        bytes += sealed.message.body.count
      }
    }
    await whenMade()
    context.observe(.sending)
    try await send()
    for (part, answers) in sent {
      for ((delivery, sealed), answer) in zip(part, await answers.results()) {
        results.append((delivery.number, result(of: answer, delivery, sealed)))
      }
    }
    return results
  }

  /// What came of a delivery that nothing was sent of.
  private struct End: Error {
    let result: Settlement.Result
  }

  private func make(
    _ delivery: PendingDelivery, _ pipeline: DeliveryPipeline
  ) async -> Result<SealedDelivery, End> {
    do {
      let source = try await DeliveryLoader(context: context).load(delivery)
      let sealed = try pipeline.run(delivery, of: source)
      try publish(sealed, along: delivery.lane).check()
      return .success(sealed)
    } catch let refusal as DeliveryPipeline.Refusal {
      return .failure(End(result: result(of: refusal, for: delivery)))
    } catch let failure as StageFailure {
      return .failure(End(result: .deadLetter(failure.record)))
    } catch let error as AMQPError {
      let failure = StageFailure(.write, .cannotWrite, "It has no form as a message of AMQP: \(error.message).")
      return .failure(End(result: .deadLetter(failure.record)))
    } catch let error as LedgerError {
      return .failure(
        End(
          result: retry(
            delivery, .payloadUnreadable, "The ledger could not give the message (\(error.reason)); it is tried again.")
        ))
    } catch {
      return .failure(End(result: retry(delivery, .payloadUnreadable, "The message could not be had: \(error).")))
    }
  }

  private func publish(_ sealed: SealedDelivery, along lane: Lane) -> AMQPPublisher.Publish {
    AMQPPublisher.Publish(sealed.message, exchange: "", routingKey: QueueNames.inbox(lane))
  }

  private func result(
    of answer: PublishResult, _ delivery: PendingDelivery, _ sealed: SealedDelivery
  ) -> Settlement.Result {
    switch answer {
    case .confirmed:
      context.observe(.confirmed)
      return .delivered(revision: delivery.revision, bodyMAC: sealed.mac, losses: sealed.encodedLosses)
    case .nacked:
      return retry(
        delivery, .inboxFull, "The inbox of \(agency) is full; it is tried again until the agency makes room.")
    case .unroutable(let words):
      return retry(
        delivery, .inboxMissing,
        "The inbox of \(agency) is not there (\(words)); run `entente topology apply` to make it.")
    case .indeterminate(let error):
      // Nobody waited for the answer: that is no failure of the delivery.
      if Task.isCancelled { return .released }
      return retry(delivery, .connection, "Whether the broker has it is not known (\(error.message)).")
    }
  }

  private func result(of refusal: DeliveryPipeline.Refusal, for delivery: PendingDelivery) -> Settlement.Result {
    switch refusal {
    case .failed(let failure): return .deadLetter(failure.record)
    case .withheld(let rule, let reason):
      var decision = delivery.decision
      decision.outcome = .withhold
      decision.keep = []
      decision.reason = reason
      return .narrowed(
        RevisedDecision(
          outcome: .withhold, rule: rule, arrangement: decision.arrangement, reason: reason, objects: [],
          decision: decision.encoded()))
    }
  }

  private func retry(_ delivery: PendingDelivery, _ cause: FailureCause, _ detail: String) -> Settlement.Result {
    let settings = context.current.configuration.settings.retry
    let schedule = RetrySchedule(
      first: Int64(settings.firstMilliseconds), longest: Int64(settings.longestMilliseconds))
    let pause = schedule.pause(afterAttempts: delivery.attempts + 1, delivery: delivery.number)
    let failure = StageFailure(.send, cause, isPermanent: false, detail)
    return .retry(failure.record, next: context.clock.now().adding(milliseconds: pause))
  }

  func settle(_ results: [(Int64, Settlement.Result)]) async throws {
    let now = context.clock.now()
    try await context.ledger.settle(
      results.map { Settlement(delivery: $0.0, owner: context.owner, at: now, result: $0.1) })
  }
}

extension SealedDelivery {
  /// The losses as JSON, for the ledger; nil where there are none.
  var encodedLosses: [UInt8]? {
    guard !losses.isEmpty else { return nil }
    var writer = JSONWriter()
    writer.array { list in
      for loss in losses {
        list.object { item in
          item.member("severity", loss.severity.rawValue)
          item.member("location", loss.location.description)
          item.member("what", loss.what)
          item.member("why", loss.why)
        }
      }
    }
    return writer.bytes
  }
}
