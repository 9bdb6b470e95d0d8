/* TLS for a non-blocking socket, as the AMQP target needs it: a context for each configuration, a session for each
   connection, over a BIO of our own whose writes never raise SIGPIPE. Many OpenSSL calls are macros, which Swift cannot
   call, and its headers are large: none of them is seen outside of this target. */
#ifndef ENTENTE_COPENSSL_H
#define ENTENTE_COPENSSL_H

#include <stddef.h>

typedef struct ssl_ctx_st copenssl_context;
typedef struct ssl_st copenssl_session;

/* What a call on a session gave when it gave no bytes. */
enum {
  COPENSSL_END_OF_STREAM = 0,
  COPENSSL_WANTS_READ = -1,
  COPENSSL_WANTS_WRITE = -2,
  /* The socket broke. The session may not be used again; the text says why. */
  COPENSSL_FAILED = -3,
  /* The same, because one side does not accept the other (its certificate, its version), or broke TLS. */
  COPENSSL_REFUSED = -4,
};

/* A client's context: TLS 1.2 and later, or 1.3 alone, the peer's certificate verified. NULL when out of memory. */
copenssl_context *copenssl_context_make(int only13);
void copenssl_context_free(copenssl_context *context);

/* Each returns 1, or 0 with the reason in `text`. Keys that want a passphrase are refused: nobody is there to ask. */
int copenssl_trust_system(copenssl_context *context, char *text, size_t room);
int copenssl_trust_file(copenssl_context *context, const char *file, char *text, size_t room);
int copenssl_trust_pem(copenssl_context *context, const void *bytes, size_t count, char *text, size_t room);
int copenssl_identify(copenssl_context *context, const char *chain, const char *key, char *text, size_t room);

/* A session over a connected socket, which the caller keeps and closes. The peer must prove to be `host`: an address is
   compared with the addresses in its certificate, a name with the names. NULL when out of memory or not a name. */
copenssl_session *copenssl_session_make(copenssl_context *context, int socket, const char *host, int is_address);
/* Frees the session without a word to the peer. */
void copenssl_session_free(copenssl_session *session);

/* 1 when the peer is verified and the session is up. */
int copenssl_handshake(copenssl_session *session, char *text, size_t room);
/* The number of bytes, or one of the above. */
int copenssl_read(copenssl_session *session, void *bytes, size_t room, char *text, size_t text_room);
/* A write that was refused is tried again with at least as many bytes, the same ones first. So many bytes are to be
   written right behind these: where there are some, what these become may be held back until it is much. */
int copenssl_write(
    copenssl_session *session, const void *bytes, size_t count, size_t following, char *text, size_t text_room);
/* So many bytes are held back, or were not taken by the socket: they want a flush once nothing follows. */
size_t copenssl_held(const copenssl_session *session);
/* Writes what is held: how many bytes the socket took, or one of the above. */
int copenssl_flush(copenssl_session *session, char *text, size_t text_room);
/* "TLSv1.3". */
const char *copenssl_version(const copenssl_session *session);

/* Whether AES-GCM runs in registers of 512 bits that OpenSSL itself does not use: it is 3.0, and the processor and the
   library for it are there. */
int copenssl_has_wide_gcm(void);

#endif
