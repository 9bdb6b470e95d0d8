import Testing

/// The floors of `Docs/architecture.md`: imports point down only.
@Suite struct FloorTests {
  static let floors: [String: Int] = [
    "CLibXML2": 0, "COpenSSL": 0, "CPCRE2": 0, "CRabbitMQ": 0, "CSandbox": 0, "CSimdJSON": 0, "Schemas": 0,
    "AMQP": 1, "Contract": 1, "JSON": 1, "Sandbox": 1, "XML": 1,
    "Broker": 2, "JSONSchema": 2, "Partners": 2, "STIX": 2,
    "Formats": 3, "Sharing": 3,
    "Adapters": 4, "Ledger": 4,
    "AgencyClient": 5, "Hub": 5,
    "Commands": 7,
    "entente": 8,
  ]

  /// What comes from outside the package, and who may depend on it.
  static let products: [String: Set<String>] = [
    "ArgumentParser": ["Commands"],
    "Crypto": ["AMQP", "STIX", "Adapters", "Ledger", "Hub", "AgencyClient", "Commands", "Sandbox", "Sharing"],
    "GRDB": ["Ledger"],
    "Logging": ["AMQP", "AgencyClient", "Commands", "Hub"],
    "Metrics": ["AMQP"],
    "ServiceLifecycle": ["AMQP", "AgencyClient", "Commands", "Hub"],
    "UnixSignals": ["Commands"],
    "Yams": ["Sharing"],
  ]

  @Test func `each target depends on targets of lower floors only`() throws {
    for target in try PackageTarget.all() where !target.isOfTests {
      let floor = try #require(Self.floors[target.name], "\(target.name) has no floor: name it in the architecture")
      for dependency in target.dependencies {
        if let below = Self.floors[dependency] {
          #expect(below < floor, "\(target.name) on floor \(floor) depends on \(dependency) on floor \(below)")
        } else {
          let users = try #require(Self.products[dependency], "\(dependency) is not among the packages that we use")
          #expect(users.contains(target.name), "\(target.name) may not depend on \(dependency)")
        }
      }
    }
  }

  @Test func `no target of the sources depends on one of the tests`() throws {
    let targets = try PackageTarget.all()
    let ofTests = Set(targets.filter(\.isOfTests).map(\.name))
    for target in targets where !target.isOfTests {
      #expect(ofTests.isDisjoint(with: target.dependencies), "\(target.name)")
    }
  }

  @Test func `the floors in the documentation are these`() throws {
    var documented: [String: Int] = [:]
    for row in try Project.read("Docs/architecture.md").split(separator: "\n") {
      let cells = row.split(separator: "|", omittingEmptySubsequences: false).dropFirst().map(String.init)
      guard cells.count >= 3, let floor = Int(cells[0].trimmed) else { continue }
      // Rooms to come have a floor already and no target yet.
      let names = cells[1].replacing(#/\(?to come:.*/#, with: "").matches(of: #/`([^`]+)`/#).map { String($0.output.1) }
      for name in names { documented[name] = floor }
    }
    var expected = Self.floors
    // The shell of `Commands` stands in its row.
    expected["entente"] = nil
    #expect(documented == expected)
  }
}

extension String {
  fileprivate var trimmed: Substring {
    let end = lastIndex { $0 != " " }
    return end.map { self[...$0].drop { $0 == " " } } ?? ""
  }
}
