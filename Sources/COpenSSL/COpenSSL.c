#include "COpenSSL.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "WideGCM.h"

/* The BIO: recv and send on a socket that it does not own. OpenSSL's own socket BIO uses write, which ends the process
   with SIGPIPE when the peer is gone.

   OpenSSL writes record by record, 16 KiB at most, and each way into the kernel costs more than to copy as much: where
   more than one record is known to come, they gather here and go together. */

struct wire {
  int socket;
  /* So many bytes of plaintext are about to be written; none where they fill no more than one record. */
  size_t expected;
  /* Records that the kernel has not got: those from `begin` to `end` of `room` bytes. */
  unsigned char *held;
  size_t begin, end, room;
};

enum { MOST_HELD = 512 << 10, RECORD_OVERHEAD = 64, RECORD = 16 << 10 };

static struct wire *wire_of(BIO *bio) { return BIO_get_data(bio); }

static int is_temporary(int code) { return code == EAGAIN || code == EWOULDBLOCK || code == EINTR; }

/* Gives the kernel what is held: 1 when nothing is left, 0 when it takes no more now, -1 with errno when it failed. */
static int push(struct wire *wire) {
  while (wire->begin < wire->end) {
    ssize_t sent = send(wire->socket, wire->held + wire->begin, wire->end - wire->begin, MSG_NOSIGNAL);
    if (sent < 0) return is_temporary(errno) ? 0 : -1;
    wire->begin += (size_t)sent;
  }
  free(wire->held);
  wire->held = NULL;
  wire->begin = wire->end = wire->room = 0;
  return 1;
}

/* Makes room for so many bytes behind what is held; 0 where there is none. */
static int make_room(struct wire *wire, size_t count) {
  if (wire->room - wire->end >= count) return 1;
  if (wire->begin < wire->end) return 0;
  size_t wanted = count + wire->expected + (wire->expected / RECORD + 1) * RECORD_OVERHEAD;
  unsigned char *bytes = malloc(wanted < MOST_HELD ? wanted : MOST_HELD);
  if (!bytes) return 0;
  free(wire->held);
  wire->held = bytes;
  wire->begin = wire->end = 0;
  wire->room = wanted < MOST_HELD ? wanted : MOST_HELD;
  return wire->room >= count;
}

static int bio_write(BIO *bio, const char *bytes, int count) {
  BIO_clear_retry_flags(bio);
  struct wire *wire = wire_of(bio);
  if (wire->expected > 0 || wire->begin < wire->end) {
    if (!make_room(wire, (size_t)count)) {
      int pushed = push(wire);
      if (pushed < 0) return -1;
      if (!make_room(wire, (size_t)count) && pushed == 0) {
        BIO_set_retry_write(bio);
        return -1;
      }
    }
    if (wire->room - wire->end >= (size_t)count) {
      memcpy(wire->held + wire->end, bytes, (size_t)count);
      wire->end += (size_t)count;
      int is_full = wire->room - wire->end < RECORD + RECORD_OVERHEAD;
      return is_full && push(wire) < 0 ? -1 : count;
    }
    /* No memory to hold it in, and nothing held: it goes by itself. */
  }
  ssize_t sent = send(wire->socket, bytes, (size_t)count, MSG_NOSIGNAL);
  if (sent < 0 && is_temporary(errno)) BIO_set_retry_write(bio);
  return (int)sent;
}

static int bio_read(BIO *bio, char *bytes, int room) {
  BIO_clear_retry_flags(bio);
  ssize_t got = recv(wire_of(bio)->socket, bytes, (size_t)room, 0);
  if (got < 0 && is_temporary(errno)) BIO_set_retry_read(bio);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return (int)got;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer) {
  (void)number;
  (void)pointer;
  switch (command) {
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DUP:
      return 1;
    case BIO_CTRL_EOF:
      return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    default:
      return 0;
  }
}

static int bio_create(BIO *bio) {
  BIO_set_init(bio, 1);
  return 1;
}

static int bio_destroy(BIO *bio) {
  if (!bio) return 0;
  struct wire *wire = wire_of(bio);
  if (wire) free(wire->held);
  free(wire);
  BIO_set_data(bio, NULL);
  return 1;
}

static BIO_METHOD *method;

static void make_method(void) {
  method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "entente socket");
  if (!method) return;
  BIO_meth_set_write(method, bio_write);
  BIO_meth_set_read(method, bio_read);
  BIO_meth_set_ctrl(method, bio_ctrl);
  BIO_meth_set_create(method, bio_create);
  BIO_meth_set_destroy(method, bio_destroy);
}

static BIO *make_bio(int socket) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_method);
  struct wire *wire = method ? calloc(1, sizeof *wire) : NULL;
  BIO *bio = wire ? BIO_new(method) : NULL;
  if (!bio) {
    free(wire);
    return NULL;
  }
  wire->socket = socket;
  BIO_set_data(bio, wire);
  return bio;
}

/* The first error of OpenSSL's queue, which is the cause. */
static void say_why(char *text, size_t room) {
  unsigned long code = ERR_get_error();
  const char *reason = code ? ERR_reason_error_string(code) : NULL;
  if (code && ERR_SYSTEM_ERROR(code)) reason = strerror(ERR_GET_REASON(code));
  snprintf(text, room, "%s", reason ? reason : "no reason given");
  ERR_clear_error();
}

static int no_passphrase(char *buffer, int size, int is_writing, void *data) {
  (void)buffer;
  (void)size;
  (void)is_writing;
  (void)data;
  return -1;
}

copenssl_context *copenssl_context_make(int only13) {
  SSL_CTX *context = SSL_CTX_new_ex(NULL, copenssl_wide_gcm(), TLS_client_method());
  if (!context) return NULL;
  SSL_CTX_set_min_proto_version(context, only13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  /* The end of the stream without a close_notify is an end like any other: frames tell what is whole. */
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  /* One recv for many records, instead of two for each. What is left in here raises no event: readers go on until
     COPENSSL_WANTS_READ, or come back by themselves. */
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, 64 << 10);
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  return context;
}

void copenssl_context_free(copenssl_context *context) { SSL_CTX_free(context); }

int copenssl_trust_system(copenssl_context *context, char *text, size_t room) {
  ERR_clear_error();
  if (SSL_CTX_set_default_verify_paths(context) == 1) return 1;
  say_why(text, room);
  return 0;
}

int copenssl_trust_file(copenssl_context *context, const char *file, char *text, size_t room) {
  ERR_clear_error();
  if (SSL_CTX_load_verify_file(context, file) == 1) return 1;
  say_why(text, room);
  return 0;
}

int copenssl_trust_pem(copenssl_context *context, const void *bytes, size_t count, char *text, size_t room) {
  ERR_clear_error();
  BIO *bio = count <= INT_MAX ? BIO_new_mem_buf(bytes, (int)count) : NULL;
  X509_STORE *store = SSL_CTX_get_cert_store(context);
  int added = 0;
  X509 *certificate;
  while (bio && (certificate = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL))) {
    added += X509_STORE_add_cert(store, certificate) == 1;
    X509_free(certificate);
  }
  BIO_free(bio);
  if (added) {
    ERR_clear_error(); /* the end of the text is an error of its own */
    return 1;
  }
  say_why(text, room);
  return 0;
}

int copenssl_identify(copenssl_context *context, const char *chain, const char *key, char *text, size_t room) {
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, chain) == 1 &&
      SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1 && SSL_CTX_check_private_key(context) == 1) {
    return 1;
  }
  say_why(text, room);
  return 0;
}

copenssl_session *copenssl_session_make(copenssl_context *context, int socket, const char *host, int is_address) {
  ERR_clear_error();
  SSL *session = SSL_new(context);
  BIO *bio = session ? make_bio(socket) : NULL;
  if (!bio) {
    SSL_free(session);
    return NULL;
  }
  SSL_set_bio(session, bio, bio);
  X509_VERIFY_PARAM *wanted = SSL_get0_param(session);
  int is_set;
  if (is_address) {
    is_set = X509_VERIFY_PARAM_set1_ip_asc(wanted, host);
  } else {
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    is_set = X509_VERIFY_PARAM_set1_host(wanted, host, 0) && SSL_set_tlsext_host_name(session, host) == 1;
  }
  if (!is_set || !*host) {
    SSL_free(session);
    return NULL;
  }
  SSL_set_connect_state(session);
  return session;
}

void copenssl_session_free(copenssl_session *session) {
  if (!session) return;
  SSL_set_quiet_shutdown(session, 1);
  SSL_free(session);
  ERR_clear_error();
}

static int outcome(SSL *session, int result, int system_error, char *text, size_t room) {
  switch (SSL_get_error(session, result)) {
    case SSL_ERROR_WANT_READ:
      return COPENSSL_WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
      return COPENSSL_WANTS_WRITE;
    case SSL_ERROR_ZERO_RETURN:
      ERR_clear_error();
      return COPENSSL_END_OF_STREAM;
    case SSL_ERROR_SYSCALL:
      if (!ERR_peek_error()) {
        if (system_error == 0) return COPENSSL_END_OF_STREAM;
        snprintf(text, room, "%s", strerror(system_error));
        return COPENSSL_FAILED;
      }
      /* fall through */
    default: {
      long verdict = SSL_get_verify_result(session);
      say_why(text, room);
      if (verdict != X509_V_OK) snprintf(text, room, "%s", X509_verify_cert_error_string(verdict));
      return COPENSSL_REFUSED;
    }
  }
}

int copenssl_handshake(copenssl_session *session, char *text, size_t room) {
  ERR_clear_error();
  errno = 0;
  int result = SSL_do_handshake(session);
  if (result == 1) return 1;
  return outcome(session, result, errno, text, room);
}

int copenssl_read(copenssl_session *session, void *bytes, size_t room, char *text, size_t text_room) {
  ERR_clear_error();
  errno = 0;
  int result = SSL_read(session, bytes, room > INT_MAX ? INT_MAX : (int)room);
  return result > 0 ? result : outcome(session, result, errno, text, text_room);
}

int copenssl_write(
    copenssl_session *session, const void *bytes, size_t count, size_t following, char *text, size_t text_room) {
  if (count == 0) return 0;
  struct wire *wire = wire_of(SSL_get_wbio(session));
  wire->expected = count + following > RECORD ? count + following : 0;
  ERR_clear_error();
  errno = 0;
  int result = SSL_write(session, bytes, count > INT_MAX ? INT_MAX : (int)count);
  if (result > 0 && following == 0 && push(wire) < 0) {
    snprintf(text, text_room, "%s", strerror(errno));
    return COPENSSL_FAILED;
  }
  return result > 0 ? result : outcome(session, result, errno, text, text_room);
}

size_t copenssl_held(const copenssl_session *session) {
  struct wire *wire = wire_of(SSL_get_wbio(session));
  return wire->end - wire->begin;
}

int copenssl_flush(copenssl_session *session, char *text, size_t text_room) {
  size_t held = copenssl_held(session);
  int pushed = push(wire_of(SSL_get_wbio(session)));
  if (pushed < 0) {
    snprintf(text, text_room, "%s", strerror(errno));
    return COPENSSL_FAILED;
  }
  size_t sent = held - copenssl_held(session);
  return sent > 0 ? (int)sent : COPENSSL_WANTS_WRITE;
}

const char *copenssl_version(const copenssl_session *session) { return SSL_get_version(session); }

int copenssl_has_wide_gcm(void) { return copenssl_wide_gcm() != NULL; }
