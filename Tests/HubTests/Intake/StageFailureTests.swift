import Testing

@testable import Hub

@Suite struct `The fingerprint of a failure` {
  private let failure = StageFailure(
    .validate, .schema, "objects/3 has no pattern", location: "/objects/3/pattern", rule: "schema-required")

  @Test func `is the same for the same mistake at another place of a list and in other words`() {
    var other = failure
    other.location = "/objects/17/pattern"
    other.detail = "objects/17 has no pattern"
    #expect(other.fingerprint == failure.fingerprint)
  }

  @Test func `stands beside words that no sender can make endless`() {
    let endless = String(repeating: "x", count: 1_000_000)
    let failure = StageFailure(.identify, .unsupportedVersion, endless, location: endless)
    #expect(failure.detail.count == 1000)
    #expect(failure.location?.count == 500)
  }

  @Test func `differs by stage, cause, rule and field`() {
    var others = [failure, failure, failure, failure]
    others[0].stage = .read
    others[1].cause = .rule
    others[2].rule = "schema-type"
    others[3].location = "/objects/3/name"
    #expect(Set(others.map(\.fingerprint) + [failure.fingerprint]).count == 5)
  }

  @Test func `does not tell lines and columns apart, since they vary with the values`() {
    let first = StageFailure(.identify, .notJSON, "a", location: "1:7")
    let second = StageFailure(.identify, .notJSON, "b", location: "22:3")
    #expect(first.fingerprint == second.fingerprint)
  }
}
