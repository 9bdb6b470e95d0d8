/* AES-GCM in registers of 512 bits for OpenSSL 3.0, which cannot do so itself (3.1 and later can). Private to
   COpenSSL. */
#ifndef ENTENTE_WIDE_GCM_H
#define ENTENTE_WIDE_GCM_H

/* The property by which a context prefers it, or NULL where OpenSSL's own cipher is to be used. The first call makes it
   ready and holds it to OpenSSL's own: it is offered only where both agree. */
const char *copenssl_wide_gcm(void);

#endif
