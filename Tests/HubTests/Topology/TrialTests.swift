import Foundation
import Sharing
import Testing

@testable import Hub

/// The files of `Docker/`, as far as they can be judged without Docker.
@Suite struct TrialTests {
  private static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  @Test func `the trial's hub.yaml makes a configuration with the example's agencies`() throws {
    let folder = "\(NSTemporaryDirectory())/entente-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, source) in [
      ("hub.yaml", "Docker/hub.yaml"), ("agencies", "Examples/transatlantic/agencies"),
      ("arrangements", "Examples/transatlantic/arrangements"),
    ] {
      try FileManager.default.copyItem(atPath: "\(Self.project)/\(source)", toPath: "\(folder)/\(name)")
    }
    let configuration = try Configuration.load(folder: folder)
    #expect(configuration.settings.broker.host == "rabbitmq")
    #expect(configuration.settings.secretsFolder == "/var/lib/entente/secrets")
    let topology = try Topology(configuration, hubPassword: nil, passwords: [:])
    #expect(topology.vhosts.count == configuration.agencies.count)
  }
}
