extension AMQPProperties {
  /// The W3C trace context that the message carries, in the header `traceparent`.
  public var traceparent: String? {
    get { headers?["traceparent"]?.text }
    set {
      guard newValue != nil || headers != nil else { return }
      var table = headers ?? [:]
      table["traceparent"] = newValue.map(AMQPValue.string)
      headers = table
    }
  }
}
