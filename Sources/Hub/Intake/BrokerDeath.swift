import AMQP
import Contract

/// Why the broker gave up on a message that lies in `intake.dead`.
///
/// Read from `x-first-death-reason`, which the broker writes itself when it dead-letters; a message without it came
/// through the alternate exchange, since no binding took its routing key. An agency can forge the header on what it
/// publishes, and gains nothing by it: all of these end with the operators.
struct BrokerDeath: Sendable {
  let cause: FailureCause
  let lane: Lane
  private let routingKey: String

  init(_ delivery: AMQPDelivery) {
    routingKey = delivery.routingKey
    let headers = delivery.properties.headers
    let death = headers?["x-death"].flatMap { value -> AMQPTable? in
      if case .array(let deaths) = value, case .table(let first)? = deaths.first { return first }
      return nil
    }
    let queue = death?["queue"]?.text ?? ""
    lane = Lane.allCases.first { QueueNames.intake($0) == queue } ?? .threat
    cause =
      switch death?["reason"]?.text {
      case "expired": .expired
      case "delivery_limit": .deliveryLimit
      case "rejected", "maxlen": .rejectedByBroker
      default: .unroutable
      }
  }

  var failure: StageFailure {
    switch cause {
    case .expired:
      StageFailure(
        .broker, .expired, "The message expired before the hub took it; publish it without the property expiration.")
    case .rejectedByBroker:
      StageFailure(.broker, .rejectedByBroker, "The broker set the message aside before the hub took it.")
    default:
      StageFailure(
        .broker, .unroutable,
        "The routing key '\(routingKey.shortened)' leads nowhere; use incident or threat, or one of them followed by a "
          + "dot and anything.", location: "routing_key")
    }
  }
}
