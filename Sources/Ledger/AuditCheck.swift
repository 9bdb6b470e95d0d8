/// A query that gives a sentence for each row that does not balance.
struct AuditCheck {
  let kind: AuditReport.Anomaly.Kind
  let sql: String

  static let all = [
    AuditCheck(
      kind: .pairsMissing,
      sql: """
        SELECT 'message ' || m.id || ' has ' || count(d.id) || ' pairs, ' || m.considered || ' were considered'
        FROM message m LEFT JOIN delivery d ON d.message = m.id GROUP BY m.id HAVING count(d.id) <> m.considered
        """),
    AuditCheck(
      kind: .identityTwice,
      sql: """
        SELECT 'message ' || max(id) || ' has the identity of message ' || min(id)
        FROM message WHERE state = 'accepted' GROUP BY sender, message_id HAVING count(*) > 1
        """),
    AuditCheck(
      kind: .stateAgainstDecision,
      sql: """
        SELECT 'delivery ' || d.id || ' is ' || state || ', decided was ' || coalesce(outcome, 'nothing')
        FROM delivery d LEFT JOIN decision c ON c.id = d.decision AND c.delivery = d.id
        WHERE outcome IS NULL OR (outcome = 'withhold' AND state <> 'withheld')
          OR (outcome = 'hold' AND state NOT IN ('held', 'discarded'))
          OR (outcome IN ('deliver', 'redact') AND state IN ('held', 'withheld'))
        """),
    AuditCheck(
      kind: .deliveredUnconfirmed,
      sql: """
        SELECT 'delivery ' || id || ' is delivered, and no confirm is on record' FROM delivery
        WHERE state = 'delivered' AND (confirm_entry IS NULL OR confirmed_revision IS NOT revision)
        """),
    AuditCheck(
      kind: .deadLetterMissing,
      sql: """
        SELECT 'delivery ' || id || ' is ' || state || ', and no dead letter says so' FROM delivery d
        WHERE (state = 'dead-lettered' AND NOT EXISTS (
          SELECT 1 FROM dead_letter l WHERE l.message = d.message AND l.delivery = d.id
            AND l.state IN ('open', 'replaying')))
        OR (state = 'discarded' AND NOT EXISTS (
          SELECT 1 FROM dead_letter l WHERE l.message = d.message AND l.delivery = d.id AND l.state = 'discarded'))
        """),
    AuditCheck(
      kind: .deadLetterMissing,
      sql: """
        SELECT 'message ' || id || ' failed, and no dead letter says so' FROM message m
        WHERE state = 'failed'
          AND NOT EXISTS (SELECT 1 FROM dead_letter l WHERE l.message = m.id AND l.delivery IS NULL)
        """),
    AuditCheck(
      kind: .deadLetterStale,
      sql: """
        SELECT 'dead letter ' || l.id || ' is ' || l.state || ', and its delivery is ' || d.state
        FROM dead_letter l JOIN delivery d ON d.id = l.delivery
        WHERE (l.state = 'open' AND d.state <> 'dead-lettered')
          OR (l.state = 'replaying' AND d.state NOT IN ('dead-lettered', 'pending'))
        """),
    AuditCheck(
      kind: .payloadMissing,
      sql: """
        SELECT 'message ' || m.id || ' has no payload' FROM message m
        LEFT JOIN payload p ON p.message = m.id WHERE p.message IS NULL
          AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.message = m.id AND e.scope = 'everything')
        """),
  ]
}
