#include "CSimdJSON.h"

#include <simdjson.h>

#include <new>

static_assert(CSIMDJSON_PADDING == simdjson::SIMDJSON_PADDING, "the padding that Swift promises");

struct csimdjson_parser {
  simdjson::dom::parser parser;
};

csimdjson_parser *csimdjson_create(size_t capacity, size_t depth) {
  csimdjson_parser *made = new (std::nothrow) csimdjson_parser();
  if (made == nullptr) { return nullptr; }
  if (made->parser.allocate(capacity, depth) != simdjson::SUCCESS) {
    delete made;
    return nullptr;
  }
  return made;
}

void csimdjson_destroy(csimdjson_parser *parser) { delete parser; }

csimdjson_outcome csimdjson_parse(csimdjson_parser *parser, const uint8_t *text, size_t length, bool padded) {
  switch (parser->parser.parse(text, length, !padded).error()) {
    case simdjson::SUCCESS: return CSIMDJSON_PARSED;
    case simdjson::MEMALLOC: return CSIMDJSON_OUT_OF_MEMORY;
    case simdjson::CAPACITY: return CSIMDJSON_OUT_OF_MEMORY;
    default: return CSIMDJSON_REFUSED;
  }
}

const uint64_t *csimdjson_tape(const csimdjson_parser *parser) { return parser->parser.doc.tape.get(); }

const uint8_t *csimdjson_strings(const csimdjson_parser *parser) { return parser->parser.doc.string_buf.get(); }

const uint32_t *csimdjson_structurals(const csimdjson_parser *parser) {
  return parser->parser.implementation->structural_indexes.get();
}

size_t csimdjson_structural_count(const csimdjson_parser *parser) {
  return parser->parser.implementation->n_structural_indexes;
}

size_t csimdjson_minify(const uint8_t *text, size_t length, uint8_t *room) {
  size_t written = 0;
  // It fails where a string does not end, which is no JSON.
  if (simdjson::minify(reinterpret_cast<const char *>(text), length, reinterpret_cast<char *>(room), written)
      != simdjson::SUCCESS) {
    return 0;
  }
  return written;
}
