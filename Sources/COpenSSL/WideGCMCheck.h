/* Private to COpenSSL. */
#ifndef ENTENTE_WIDE_GCM_CHECK_H
#define ENTENTE_WIDE_GCM_CHECK_H

#define WIDE_GCM_PROVIDER "entente-gcm"

/* Whether the provider above seals as OpenSSL's own does, opens what that sealed, refuses what was altered and uses no
   IV twice: in the way of TLS 1.3 and in that of 1.2, with both sizes of keys, for lengths with every remainder that a
   block may leave. */
int copenssl_wide_gcm_agrees(void);

#endif
