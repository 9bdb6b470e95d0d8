import CRabbitMQ

/// The memory that librabbitmq's structures point into while something is encoded or decoded.
///
/// A pool belongs to whoever encodes or decodes, one thread at a time; what points into it is void after `recycle`.
struct FieldPool: ~Copyable {
  private let pool: UnsafeMutablePointer<amqp_pool_t>

  init() {
    pool = .allocate(capacity: 1)
    init_amqp_pool(pool, 4096)
  }

  deinit {
    empty_amqp_pool(pool)
    pool.deallocate()
  }

  /// Frees what was allocated since the last call; the first pages are kept.
  func recycle() { recycle_amqp_pool(pool) }

  /// For the decoders, which allocate by themselves.
  var raw: UnsafeMutablePointer<amqp_pool_t> { pool }

  private func allocate<Element>(_ count: Int, of type: Element.Type) -> UnsafeMutablePointer<Element>? {
    guard count > 0, let memory = amqp_pool_alloc(pool, count * MemoryLayout<Element>.stride) else { return nil }
    return memory.bindMemory(to: type, capacity: count)
  }

  /// A copy of the text in the pool.
  func bytes(_ text: String) -> amqp_bytes_t {
    var text = text
    return text.withUTF8 { bytes(UnsafeRawBufferPointer($0)) }
  }

  /// A copy of the bytes in the pool.
  func bytes(_ bytes: [UInt8]) -> amqp_bytes_t {
    bytes.withUnsafeBytes { self.bytes($0) }
  }

  private func bytes(_ source: UnsafeRawBufferPointer) -> amqp_bytes_t {
    guard let base = source.baseAddress, let copy = allocate(source.count, of: UInt8.self) else {
      return amqp_bytes_t(len: 0, bytes: nil)
    }
    UnsafeMutableRawPointer(copy).copyMemory(from: base, byteCount: source.count)
    return amqp_bytes_t(len: source.count, bytes: copy)
  }

  /// The table as librabbitmq's structures. Its depth was checked before (`AMQPTable.check`), so the recursion is short.
  func table(_ table: AMQPTable) -> amqp_table_t {
    guard let entries = allocate(table.count, of: amqp_table_entry_t.self) else {
      return amqp_table_t(num_entries: 0, entries: nil)
    }
    for (index, entry) in table.entries.enumerated() {
      (entries + index).initialize(to: amqp_table_entry_t(key: bytes(entry.key), value: field(entry.value)))
    }
    return amqp_table_t(num_entries: Int32(table.count), entries: entries)
  }

  private func array(_ values: [AMQPValue]) -> amqp_array_t {
    guard let entries = allocate(values.count, of: amqp_field_value_t.self) else {
      return amqp_array_t(num_entries: 0, entries: nil)
    }
    for (index, value) in values.enumerated() { (entries + index).initialize(to: field(value)) }
    return amqp_array_t(num_entries: Int32(values.count), entries: entries)
  }

  private func field(_ value: AMQPValue) -> amqp_field_value_t {
    var field = amqp_field_value_t()
    let kind: amqp_field_value_kind_t
    switch value {
    case .string(let text): (kind, field.value.bytes) = (AMQP_FIELD_KIND_UTF8, bytes(text))
    case .bytes(let data): (kind, field.value.bytes) = (AMQP_FIELD_KIND_BYTES, bytes(data))
    case .bool(let flag): (kind, field.value.boolean) = (AMQP_FIELD_KIND_BOOLEAN, flag ? 1 : 0)
    case .int8(let number): (kind, field.value.i8) = (AMQP_FIELD_KIND_I8, number)
    case .int16(let number): (kind, field.value.i16) = (AMQP_FIELD_KIND_I16, number)
    case .int32(let number): (kind, field.value.i32) = (AMQP_FIELD_KIND_I32, number)
    case .int64(let number): (kind, field.value.i64) = (AMQP_FIELD_KIND_I64, number)
    case .uint8(let number): (kind, field.value.u8) = (AMQP_FIELD_KIND_U8, number)
    case .uint16(let number): (kind, field.value.u16) = (AMQP_FIELD_KIND_U16, number)
    case .uint32(let number): (kind, field.value.u32) = (AMQP_FIELD_KIND_U32, number)
    case .float(let number): (kind, field.value.f32) = (AMQP_FIELD_KIND_F32, number)
    case .double(let number): (kind, field.value.f64) = (AMQP_FIELD_KIND_F64, number)
    case .decimal(let scale, let number):
      (kind, field.value.decimal) = (AMQP_FIELD_KIND_DECIMAL, amqp_decimal_t(decimals: scale, value: number))
    case .timestamp(let seconds): (kind, field.value.u64) = (AMQP_FIELD_KIND_TIMESTAMP, seconds)
    case .table(let inner): (kind, field.value.table) = (AMQP_FIELD_KIND_TABLE, table(inner))
    case .array(let values): (kind, field.value.array) = (AMQP_FIELD_KIND_ARRAY, array(values))
    case .void: kind = AMQP_FIELD_KIND_VOID
    }
    field.kind = UInt8(truncatingIfNeeded: kind.rawValue)
    return field
  }
}

/// Reading librabbitmq's structures into Swift's values.
extension amqp_bytes_t {
  var raw: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : len) }
  /// The text; what is no UTF-8 is replaced.
  var text: String { String(decoding: raw, as: UTF8.self) }
}

extension AMQPTable {
  /// Copies a decoded table. Its depth was scanned before it was decoded, so the recursion is short.
  init(copying table: amqp_table_t) {
    var entries: [(key: String, value: AMQPValue)] = []
    entries.reserveCapacity(Int(table.num_entries))
    for index in 0..<Int(table.num_entries) {
      let entry = table.entries[index]
      entries.append((entry.key.text, AMQPValue(copying: entry.value)))
    }
    self.init(decoded: entries)
  }
}

extension AMQPValue {
  fileprivate init(copying field: amqp_field_value_t) {
    switch amqp_field_value_kind_t(rawValue: UInt32(field.kind)) {
    case AMQP_FIELD_KIND_UTF8:
      let raw = field.value.bytes.raw
      if let text = String(validating: raw, as: UTF8.self) { self = .string(text) } else { self = .bytes(Array(raw)) }
    case AMQP_FIELD_KIND_BYTES: self = .bytes(Array(field.value.bytes.raw))
    case AMQP_FIELD_KIND_BOOLEAN: self = .bool(field.value.boolean != 0)
    case AMQP_FIELD_KIND_I8: self = .int8(field.value.i8)
    case AMQP_FIELD_KIND_I16: self = .int16(field.value.i16)
    case AMQP_FIELD_KIND_I32: self = .int32(field.value.i32)
    case AMQP_FIELD_KIND_I64: self = .int64(field.value.i64)
    // RabbitMQ takes 'L' as signed, like 'l'.
    case AMQP_FIELD_KIND_U64: self = .int64(Int64(bitPattern: field.value.u64))
    case AMQP_FIELD_KIND_U8: self = .uint8(field.value.u8)
    case AMQP_FIELD_KIND_U16: self = .uint16(field.value.u16)
    case AMQP_FIELD_KIND_U32: self = .uint32(field.value.u32)
    case AMQP_FIELD_KIND_F32: self = .float(field.value.f32)
    case AMQP_FIELD_KIND_F64: self = .double(field.value.f64)
    case AMQP_FIELD_KIND_DECIMAL:
      self = .decimal(scale: field.value.decimal.decimals, value: field.value.decimal.value)
    case AMQP_FIELD_KIND_TIMESTAMP: self = .timestamp(field.value.u64)
    case AMQP_FIELD_KIND_TABLE: self = .table(AMQPTable(copying: field.value.table))
    case AMQP_FIELD_KIND_ARRAY:
      let array = field.value.array
      self = .array((0..<Int(array.num_entries)).map { AMQPValue(copying: array.entries[$0]) })
    default: self = .void
    }
  }
}
