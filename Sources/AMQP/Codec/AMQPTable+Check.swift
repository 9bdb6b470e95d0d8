extension AMQPTable {
  /// Throws where the table cannot be written: a name over 255 bytes, or nested deeper than `maximumDepth`.
  /// Returns how many bytes it takes.
  func check(depth: Int = 1) throws(AMQPError) -> Int {
    try Self.checkDepth(depth)
    var size = 4
    for (key, value) in entries {
      guard key.utf8.count <= 255 else { throw .encoding("a header's name has more than 255 bytes") }
      size += try 1 + key.utf8.count + 1 + value.check(depth: depth)
    }
    return size
  }

  fileprivate static func checkDepth(_ depth: Int) throws(AMQPError) {
    guard depth <= maximumDepth else {
      throw .encoding("headers may be nested \(maximumDepth) deep, these are deeper")
    }
  }
}

extension AMQPValue {
  fileprivate func check(depth: Int) throws(AMQPError) -> Int {
    switch self {
    case .string(let text): return 4 + text.utf8.count
    case .bytes(let bytes): return 4 + bytes.count
    case .bool, .int8, .uint8: return 1
    case .int16, .uint16: return 2
    case .int32, .uint32, .float: return 4
    case .int64, .double, .timestamp: return 8
    case .decimal: return 5
    case .void: return 0
    case .table(let table): return try table.check(depth: depth + 1)
    case .array(let values):
      try AMQPTable.checkDepth(depth + 1)
      var size = 4
      for value in values { size += try 1 + value.check(depth: depth + 1) }
      return size
    }
  }
}

extension AMQPProperties {
  /// Throws where a property cannot be written. Returns how many bytes the content header's frame takes.
  func check() throws(AMQPError) -> Int { try fields.check() }
}

extension AMQPProperties.Fields {
  fileprivate borrowing func check() throws(AMQPError) -> Int {
    // Frame header 7, class, weight and size 12, flags 2, end octet 1, and the fixed-width properties.
    var size = 22 + 1 + 1 + 8
    size += try Self.length(contentType) + Self.length(contentEncoding) + Self.length(correlationID)
    size += try Self.length(replyTo) + Self.length(expiration) + Self.length(messageID) + Self.length(type)
    size += try Self.length(userID) + Self.length(appID) + Self.length(clusterID)
    if let headers { size += try headers.check() }
    return size
  }

  @inline(__always)
  private static func length(_ text: String?) throws(AMQPError) -> Int {
    guard let count = text?.utf8.count else { return 0 }
    guard count <= 255 else { throw .encoding("a property has more than 255 bytes of text") }
    return 1 + count
  }
}

extension OutboundMethod {
  /// Throws where a table of arguments cannot be written.
  func checkArguments() throws(AMQPError) {
    switch self {
    case .exchangeDeclare(let declaration): _ = try declaration.arguments.check()
    case .queueDeclare(let declaration): _ = try declaration.arguments.check()
    case .queueBind(_, _, _, let arguments), .queueUnbind(_, _, _, let arguments),
      .basicConsume(_, _, _, let arguments):
      _ = try arguments.check()
    default: break
    }
  }
}
