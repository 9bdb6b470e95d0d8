// The part of simdjson's DOM parser that Swift needs, as C. One handle owns one parser and the tape of the last
// document that it parsed; pointers handed out hold until the next parse or the end of the handle.
#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct csimdjson_parser csimdjson_parser;

/// How many bytes past the end of a text simdjson may read.
#define CSIMDJSON_PADDING 64

/// What became of a parse. Which byte was at fault simdjson does not tell.
typedef enum csimdjson_outcome {
  CSIMDJSON_PARSED = 0,
  CSIMDJSON_OUT_OF_MEMORY = 1,
  CSIMDJSON_REFUSED = 2,
} csimdjson_outcome;

/// A parser for texts of up to `capacity` bytes and `depth` levels, or null when memory is short.
csimdjson_parser *csimdjson_create(size_t capacity, size_t depth);
void csimdjson_destroy(csimdjson_parser *parser);

/// Parses `length` bytes. With `padded` the caller promises CSIMDJSON_PADDING readable bytes behind them;
/// without, the text is copied first.
csimdjson_outcome csimdjson_parse(csimdjson_parser *parser, const uint8_t *text, size_t length, bool padded);

/// The tape and the string buffer of the last document parsed.
const uint64_t *csimdjson_tape(const csimdjson_parser *parser);
const uint8_t *csimdjson_strings(const csimdjson_parser *parser);

/// The byte offsets of all tokens of the last document: scalars, braces, brackets, colons, commas.
const uint32_t *csimdjson_structurals(const csimdjson_parser *parser);
size_t csimdjson_structural_count(const csimdjson_parser *parser);

/// Copies a JSON text of `length` bytes without the white space around its tokens to `room`, which holds as many, and
/// returns how many bytes that came to.
size_t csimdjson_minify(const uint8_t *text, size_t length, uint8_t *room);

#ifdef __cplusplus
}
#endif

#endif
