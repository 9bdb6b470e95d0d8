import Broker
import Glibc

/// A certificate authority made for one test run by the `openssl` program, in a folder of its own.
package struct TestAuthority: Sendable {
  package let folder: String
  package var file: String { folder + "/ca.pem" }

  /// A certificate with its key.
  package struct Certificate: Sendable {
    package var file: String
    package var key: String
  }

  package init(name: String = "entente test authority") async throws {
    folder = try Files.makeTemporaryFolder()
    try await Self.openssl("ecparam -name prime256v1 -genkey -noout -out \(folder)/ca.key")
    try await Self.openssl(
      ["req", "-x509", "-new", "-key", "\(folder)/ca.key", "-sha256", "-days", "30", "-subj", "/CN=\(name)"]
        + ["-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", file])
  }

  package func remove() { removeFolder(folder) }

  /// Signs a certificate. `names` are those it bears ("DNS:localhost,IP:127.0.0.1"); an expired one ended yesterday.
  package func sign(_ name: String, names: String? = nil, expired: Bool = false) async throws -> Certificate {
    let stem = "\(folder)/\(name)-\(UInt32.random(in: 0 ... .max))"
    try await Self.openssl("ecparam -name prime256v1 -genkey -noout -out \(stem).key")
    try await Self.openssl(["req", "-new", "-key", "\(stem).key", "-subj", "/CN=\(name)", "-out", "\(stem).csr"])
    var extensions = "basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth\n"
    if let names { extensions += "subjectAltName=\(names)\n" }
    try Files.write(extensions, to: "\(stem).ext")
    try await Self.openssl(
      "x509 -req -in \(stem).csr -CA \(file) -CAkey \(folder)/ca.key -CAcreateserial -sha256 -out \(stem).pem "
        + "-extfile \(stem).ext -days \(expired ? "-1" : "30")")
    return Certificate(file: "\(stem).pem", key: "\(stem).key")
  }

  private static func openssl(_ arguments: String) async throws {
    try await openssl(arguments.split(separator: " ").map(String.init))
  }

  private static func openssl(_ arguments: [String]) async throws {
    let output = "/tmp/entente-openssl-\(UInt64.random(in: 0 ... .max))"
    defer { unlink(output) }
    let process = try ChildProcess.spawn(
      "/usr/bin/openssl", arguments, environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"], output: output)
    var status: Int32?
    while status == nil {
      try await Task.sleep(for: .milliseconds(2))
      status = process.exitStatus()
    }
    guard status == 0 else { throw Failed(description: (try? Files.read(output)) ?? "openssl failed") }
  }

  struct Failed: Error, CustomStringConvertible { let description: String }
}
