import Formats
import JSON
import Testing

/// Each mandatory test of the specification: a document that breaks it, and the rule that says so.
@Suite struct CSAFRulesTests {
  /// A document with these parts, valid where they are.
  struct Sample: Sendable {
    var category = "csaf_base"
    var document = ""
    var publisher = "vendor"
    var status = "final"
    var version = "1"
    var history = #"[{"date":"2026-01-01T00:00:00Z","number":"1","summary":"First."}]"#
    var tree = #"{"full_product_names":[{"name":"A","product_id":"P1"},{"name":"B","product_id":"P2"}]}"#
    var vulnerabilities = "[]"

    var text: String {
      let list = vulnerabilities == "[]" ? "" : #","vulnerabilities":\#(vulnerabilities)"#
      let products = tree.isEmpty ? "" : #","product_tree":\#(tree)"#
      return #"""
        {"document":{"category":"\#(category)","csaf_version":"2.0",
        "publisher":{"category":"\#(publisher)","name":"ACME","namespace":"https://acme.example"},"title":"T",
        "tracking":{"current_release_date":"2026-01-01T00:00:00Z","id":"ACME-1",
        "initial_release_date":"2026-01-01T00:00:00Z","revision_history":\#(history),"status":"\#(status)",
        "version":"\#(version)"}\#(document)}\#(products)\#(list)}
        """#
    }

    func with(_ change: (inout Sample) -> Void) -> Sample {
      var copy = self
      change(&copy)
      return copy
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var rule: String
    var sample: Sample
    var testDescription: String { rule }

    init(_ rule: String, _ change: (inout Sample) -> Void) {
      self.rule = "csaf-6.1.\(rule)"
      sample = Sample().with(change)
    }

    static func vulnerability(_ rule: String, _ members: String) -> Case {
      Case(rule) { $0.vulnerabilities = "[{\(members)}]" }
    }
  }

  private static let note = #""notes":[{"category":"description","text":"x"}]"#
  private static func score(_ text: String) -> String { #""scores":[{"products":["P1"],"cvss_v3":\#(text)}]"# }

  static let cases: [Case] = [
    .vulnerability("1", #""product_status":{"fixed":["P9"]}"#),
    Case("2") { $0.tree = #"{"full_product_names":[{"name":"A","product_id":"P1"},{"name":"B","product_id":"P1"}]}"# },
    Case("3") {
      $0.tree = #"""
        {"full_product_names":[{"name":"A","product_id":"P1"}],"relationships":[{"category":"installed_on",
        "full_product_name":{"name":"C","product_id":"P3"},"product_reference":"P1",
        "relates_to_product_reference":"P3"}]}
        """#
    },
    .vulnerability("4", #""threats":[{"category":"impact","details":"x","group_ids":["G9"]}]"#),
    Case("5") {
      $0.tree = #"""
        {"full_product_names":[{"name":"A","product_id":"P1"},{"name":"B","product_id":"P2"}],"product_groups":[
        {"group_id":"G","product_ids":["P1","P2"]},{"group_id":"G","product_ids":["P2","P1"]}]}
        """#
    },
    .vulnerability("6", #""product_status":{"known_affected":["P1"],"fixed":["P1"]}"#),
    .vulnerability(
      "7",
      #""scores":[{"products":["P1"],"cvss_v2":{"version":"2.0","vectorString":"AV:N/AC:L/Au:N/C:C/I:C/A:C","baseScore":10}},"#
        + #"{"products":["P1"],"cvss_v2":{"version":"2.0","vectorString":"AV:N/AC:L/Au:N/C:C/I:C/A:C","baseScore":10.0}}]"#
    ),
    .vulnerability(
      "8",
      score(
        #"{"version":"3.0","vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","baseScore":9.8,"baseSeverity":"CRITICAL"}"#
      )),
    .vulnerability(
      "9",
      score(
        #"{"version":"3.1","vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","baseScore":9.7,"baseSeverity":"CRITICAL"}"#
      )),
    .vulnerability(
      "10",
      score(
        #"{"version":"3.1","vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","baseScore":9.8,"baseSeverity":"CRITICAL","attackVector":"LOCAL"}"#
      )),
    .vulnerability("11", #""cwe":{"id":"CWE-79","name":"Improper Input Validation"}"#),
    Case("12") { $0.document = #","lang":"EZ""# },
    Case("13") {
      $0.tree =
        #"{"full_product_names":[{"name":"A","product_id":"P1","product_identification_helper":{"purl":"pkg:maven/@1.3.4"}}]}"#
    },
    Case("14") {
      $0.version = "2"
      $0.history =
        #"[{"date":"2026-01-02T00:00:00Z","number":"1","summary":"a"},{"date":"2026-01-01T00:00:00Z","number":"2","summary":"b"}]"#
    },
    Case("15") { $0.publisher = "translator" },
    Case("16") { $0.version = "2" },
    Case("17") {
      $0.version = "0"
      $0.history = #"[{"date":"2026-01-01T00:00:00Z","number":"0","summary":"a"}]"#
    },
    Case("18") {
      $0.history =
        #"[{"date":"2026-01-01T00:00:00Z","number":"0","summary":"a"},{"date":"2026-01-02T00:00:00Z","number":"1","summary":"b"}]"#
    },
    Case("19") {
      $0.version = "1.0.0"
      $0.history =
        #"[{"date":"2026-01-01T00:00:00Z","number":"1.0.0-rc","summary":"a"},{"date":"2026-01-02T00:00:00Z","number":"1.0.0","summary":"b"}]"#
    },
    Case("20") {
      $0.version = "1.0.0-rc"
      $0.history = #"[{"date":"2026-01-01T00:00:00Z","number":"1.0.0","summary":"a"}]"#
    },
    Case("21") {
      $0.version = "3"
      $0.history =
        #"[{"date":"2026-01-01T00:00:00Z","number":"1","summary":"a"},{"date":"2026-01-02T00:00:00Z","number":"3","summary":"b"}]"#
    },
    Case("22") {
      $0.history =
        #"[{"date":"2026-01-01T00:00:00Z","number":"1","summary":"a"},{"date":"2026-01-02T00:00:00Z","number":"1","summary":"b"}]"#
    },
    Case("23") { $0.vulnerabilities = #"[{"cve":"CVE-2026-1234"},{"cve":"CVE-2026-1234"}]"# },
    .vulnerability(
      "24",
      #""involvements":[{"party":"vendor","status":"open","date":"2026-01-01T00:00:00Z"},"#
        + #"{"party":"vendor","status":"completed","date":"2026-01-01T01:00:00+01:00"}]"#),
    Case("25") {
      let hash = String(repeating: "a", count: 64)
      $0.tree = #"""
        {"full_product_names":[{"name":"A","product_id":"P1","product_identification_helper":{"hashes":[{"filename":"f",
        "file_hashes":[{"algorithm":"sha256","value":"\#(hash)"},{"algorithm":"sha256","value":"\#(hash)"}]}]}}]}
        """#
    },
    Case("26") { $0.category = "Security Advisory" },
    Case("27.1") {
      $0.category = "csaf_informational_advisory"
      $0.document = #","references":[{"summary":"s","url":"https://a.example"}]"#
    },
    Case("27.2") {
      $0.category = "csaf_security_incident_response"
      $0.document = #",\#(note),"references":[{"category":"self","summary":"s","url":"https://a.example"}]"#
    },
    Case("27.3") {
      $0.category = "csaf_informational_advisory"
      $0.document = #",\#(note),"references":[{"summary":"s","url":"https://a.example"}]"#
      $0.vulnerabilities = #"[{"title":"x"}]"#
    },
    Case("27.4") {
      $0.category = "csaf_security_advisory"
      $0.tree = ""
      $0.vulnerabilities = "[{\(note),\"product_status\":{}}]"
    },
    Case("27.5") {
      $0.category = "csaf_security_advisory"
      $0.vulnerabilities = #"[{"product_status":{"fixed":["P1"]}}]"#
    },
    Case("27.6") {
      $0.category = "csaf_security_advisory"
      $0.vulnerabilities = "[{\(note)}]"
    },
    Case("27.7") {
      $0.category = "csaf_vex"
      $0.vulnerabilities = #"[{"cve":"CVE-2026-1234",\#(note),"product_status":{"first_fixed":["P1"]}}]"#
    },
    Case("27.8") {
      $0.category = "csaf_vex"
      $0.vulnerabilities = #"[{\#(note),"product_status":{"fixed":["P1"]}}]"#
    },
    Case("27.9") {
      $0.category = "csaf_vex"
      $0.vulnerabilities = #"[{"cve":"CVE-2026-1234",\#(note),"product_status":{"known_not_affected":["P1"]}}]"#
    },
    Case("27.10") {
      $0.category = "csaf_vex"
      $0.vulnerabilities = #"[{"cve":"CVE-2026-1234",\#(note),"product_status":{"known_affected":["P1"]}}]"#
    },
    Case("27.11") { $0.category = "csaf_vex" },
    Case("28") { $0.document = #","lang":"en","source_lang":"en""# },
    .vulnerability("29", #""remediations":[{"category":"workaround","details":"x"}]"#),
    Case("30") {
      $0.version = "1.0.0"
    },
    Case("31") {
      $0.tree =
        #"{"branches":[{"category":"product_version","name":"prior to 4.2","product":{"name":"A","product_id":"P1"}}]}"#
    },
    .vulnerability("32", #""flags":[{"label":"component_not_present"}]"#),
    .vulnerability(
      "33",
      #""flags":[{"label":"component_not_present","product_ids":["P1"]},"#
        + #"{"label":"vulnerable_code_not_present","product_ids":["P1","P2"]}]"#),
  ]

  @Test func `a document that keeps to everything has no errors`() throws {
    let document = try JSONDocument(Array(Sample().text.utf8))
    #expect(CSAFFormat().errors(document) == [])
  }

  @Test(arguments: cases) func `what breaks a mandatory test is told by its rule`(_ each: Case) throws {
    let document = try JSONDocument(Array(each.sample.text.utf8))
    let errors = CSAFFormat().errors(document)
    #expect(errors.contains { $0.rule == each.rule }, "\(errors)")
    for error in errors { #expect(document.root.at(error.location) != nil) }
  }

  @Test func `each mandatory test has a rule, and a document that breaks it`() {
    let numbers = (1...33).flatMap { $0 == 27 ? (1...11).map { "27.\($0)" } : ["\($0)"] }
    let rules = CSAFFormat().rules.map(\.id)
    for number in numbers {
      #expect(rules.contains("csaf-6.1.\(number)"), "\(number)")
      #expect(Self.cases.contains { $0.rule == "csaf-6.1.\(number)" }, "\(number)")
    }
    for number in 1...20 { #expect(rules.contains("csaf-6.2.\(number)"), "\(number)") }
  }

  @Test(arguments: [
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0, "CRITICAL"),
    ("CVSS:3.1/AV:L/AC:L/PR:H/UI:R/S:U/C:H/I:H/A:H", 6.5, "MEDIUM"),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, "MEDIUM"),
    ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", 0.0, "NONE"),
    ("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4, "MEDIUM"),
  ]) func `a score is computed as FIRST computes it`(_ vector: String, _ score: Double, _ severity: String) throws {
    let version = vector.dropFirst(5).prefix(3)
    let sample = CSAFRulesTests.Sample().with {
      $0.vulnerabilities =
        "[{"
        + Self.score(
          #"{"version":"\#(version)","vectorString":"\#(vector)","baseScore":\#(score),"baseSeverity":"\#(severity)"}"#)
        + "}]"
    }
    #expect(CSAFFormat().errors(try JSONDocument(Array(sample.text.utf8))) == [])
  }
}
