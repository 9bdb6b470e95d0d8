/// Several private nodes that form one cluster, with the same administrator and one epmd, which is the first node's.
package struct PrivateCluster: Sendable {
  /// In the order in which they were started; each can be killed and started again alone.
  package let nodes: [PrivateNode]

  /// Starts the first node and then the others side by side; returns when all answer and know each other.
  ///
  /// Folder and ports of the options must be nil: each node has its own.
  package static func start(
    _ options: PrivateNode.Options = .init(), nodes count: Int = 3
  ) async throws(BrokerError) -> PrivateCluster {
    guard options.folder == nil, options.amqpPort == nil else {
      throw BrokerError(.system, "the nodes of a cluster have temporary folders and free ports: name none")
    }
    let membership = NodeMembership(
      members: (1...max(1, count)).map { "entente-\($0)@localhost" }, index: 0,
      cookie: NodeCredentials.randomSecret(bytes: 20),
      credentials: NodeCredentials(user: options.user, password: NodeCredentials.randomSecret(bytes: 16)),
      epmdPort: try Loopback.freePorts(1)[0])
    // The first makes the cluster that the others find.
    let first = try await PrivateNode.start(options.member(membership, 0))
    let others = await withTaskGroup(of: (Int, Result<PrivateNode, BrokerError>).self) { group in
      for index in membership.members.indices.dropFirst() {
        group.addTask {
          do throws(BrokerError) {
            return (index, .success(try await PrivateNode.start(options.member(membership, index))))
          } catch {
            return (index, .failure(error))
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
    let cluster = PrivateCluster(nodes: [first] + others.compactMap { try? $0.get() })
    do throws(BrokerError) {
      for case .failure(let error) in others { throw error }
      try await cluster.awaitMembers(count, within: options.startDeadline)
      return cluster
    } catch {
      await cluster.stop()
      throw error
    }
  }

  /// Ends all nodes, side by side, and the epmd last.
  package func stop() async {
    await withTaskGroup(of: Void.self) { group in
      for node in nodes.dropFirst() { group.addTask { await node.stop() } }
    }
    await nodes.first?.stop()
  }

  /// The node of this name.
  package func node(named name: String) -> PrivateNode? { nodes.first { $0.name == name } }

  private func awaitMembers(_ count: Int, within deadline: Duration) async throws(BrokerError) {
    let end = ContinuousClock.now + deadline
    while try await nodes[0].management.runningNodes().count < count {
      guard ContinuousClock.now < end else {
        throw BrokerError(.notReady, "the nodes did not form a cluster within \(deadline); see \(nodes[0].folder)/log")
      }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }
}

extension PrivateNode.Options {
  fileprivate func member(_ membership: NodeMembership, _ index: Int) -> PrivateNode.Options {
    var options = self
    options.membership = membership
    options.membership?.index = index
    return options
  }
}
