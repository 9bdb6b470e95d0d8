import Foundation
import FoundationNetworking
package import JSON

/// The HTTP API of a broker's management plugin, for what AMQP cannot do: virtual hosts, users, permissions, policies,
/// definitions, counts. Connections are kept alive; calls may run side by side.
package struct ManagementAPI: Sendable {
  /// `http://127.0.0.1:15672`, without a slash at the end.
  package let address: String
  package let user: String
  private let authorization: String
  private let session: URLSession

  /// The API of a broker on this machine.
  package init(port: UInt16, user: String, password: String) {
    self.init(address: "http://127.0.0.1:\(port)", user: user, password: password)
  }

  package init(address: String, user: String, password: String) {
    self.address = address
    self.user = user
    authorization = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = 60
    configuration.urlCache = nil
    configuration.urlCredentialStorage = nil
    session = URLSession(configuration: configuration, delegate: DecliningDelegate(), delegateQueue: nil)
  }

  /// Closes the connections that are kept. No call may follow.
  package func close() { session.finishTasksAndInvalidate() }

  /// Sends a request for `/api/<path>`, whose parts are escaped here, and returns the body of the answer.
  @discardableResult
  package func call(_ method: String, _ path: [String], query: String = "", body: JSONWriter? = nil)
    async throws(BrokerError) -> [UInt8]
  {
    var answer = try await answer(method, path, query: query, body: body)
    // While virtual hosts come and go, or replicas of a queue have not found each other yet, the broker may answer 500
    // to what it does well a moment later. All that is asked for here can be asked for twice.
    for pause in Self.pausesOfRepeats where answer.status == 500 {
      do { try await Task.sleep(for: pause) } catch { break }
      answer = try await self.answer(method, path, query: query, body: body)
    }
    if (200..<300).contains(answer.status) { return answer.body }
    throw refusal(answer.status, "\(method) \(place(path, query))", answer.body)
  }

  /// The answer to a GET, as JSON.
  package func get(_ path: [String], query: String = "") async throws(BrokerError) -> JSONValue {
    try json(await call("GET", path, query: query))
  }

  /// Deletes; no error when there is nothing to delete.
  package func delete(_ path: [String]) async throws(BrokerError) {
    do {
      try await call("DELETE", path)
    } catch {
      guard error.code == .notFound else { throw error }
    }
  }

  func json(_ text: [UInt8]) throws(BrokerError) -> JSONValue {
    do {
      return try JSONDocument(text, limits: JSONLimits(maximumBytes: 1 << 30)).root
    } catch {
      throw BrokerError(.badAnswer, "\(address) answered what is not JSON: \(error.message)")
    }
  }

  /// Status and body, whatever the status is.
  func answer(_ method: String, _ path: [String], query: String = "", body: JSONWriter? = nil)
    async throws(BrokerError) -> (status: Int, body: [UInt8])
  {
    let place = place(path, query)
    guard let url = URL(string: address + place) else {
      throw BrokerError(.unreachable, "\(address) is not the address of a management API")
    }
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.setValue(authorization, forHTTPHeaderField: "Authorization")
    if let body {
      request.httpBody = Data(body.bytes)
      request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    }
    let (data, response): (Data, URLResponse)
    do {
      (data, response) = try await session.data(for: request)
    } catch {
      // Only the delegate below cancels requests of tasks that go on.
      if (error as? URLError)?.code == .cancelled, !Task.isCancelled { return (401, []) }
      throw BrokerError(
        .unreachable, "the management API at \(address) does not answer: \((error as NSError).localizedDescription)")
    }
    guard let status = (response as? HTTPURLResponse)?.statusCode else {
      throw BrokerError(.badAnswer, "\(address) does not answer in HTTP")
    }
    return (status, [UInt8](data))
  }

  private func place(_ path: [String], _ query: String) -> String {
    let parts = path.map { $0.addingPercentEncoding(withAllowedCharacters: Self.unescaped) ?? $0 }
    return "/api/" + parts.joined(separator: "/") + query
  }

  private func refusal(_ status: Int, _ request: String, _ body: [UInt8]) -> BrokerError {
    let reason = String(decoding: body.prefix(500), as: UTF8.self)
    return switch status {
    case 401:
      BrokerError(.unauthorized, "the broker at \(address) refuses the user \(user) or its password (\(request))")
    case 403: BrokerError(.forbidden, "the broker does not let \(user) do this (\(request)): \(reason)")
    case 404: BrokerError(.notFound, "the broker knows no such thing (\(request)): \(reason)")
    default: BrokerError(.refused, "the broker answered \(status) to \(request): \(reason)")
    }
  }

  /// Between two tries of what the broker could not do.
  private static let pausesOfRepeats: [Duration] = [
    .milliseconds(50), .milliseconds(200), .milliseconds(500), .seconds(1), .seconds(2),
  ]

  /// What needs no escape in a part of a path (RFC 3986, unreserved).
  private static let unescaped = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}

/// Declines the challenge that comes with a 401. By default URLSession on Linux offers what it has stored, and where
/// that is nothing, the request neither ends nor times out; declined, it ends as cancelled.
private final class DecliningDelegate: NSObject, URLSessionTaskDelegate {
  func urlSession(
    _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
    completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
  ) {
    completionHandler(.cancelAuthenticationChallenge, nil)
  }
}
