/* A provider for OpenSSL (provider(7), provider-cipher(7)) that lends it AES-128-GCM and AES-256-GCM of Intel's
   multi-buffer library. OpenSSL keeps the protocol: it asks for one record to be sealed or opened at a time, and that
   is all that there is here. On a processor with VAES this is 2.5 times as fast as OpenSSL 3.0, and half of what it
   costs to send large messages over TLS is the cipher.

   The library is loaded where it is found; nothing is linked to it. */
#include "WideGCM.h"

#include <openssl/opensslv.h>

#if defined(__x86_64__) && OPENSSL_VERSION_MAJOR == 3 && OPENSSL_VERSION_MINOR == 0 && \
    __has_include(<intel-ipsec-mb.h>)

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <intel-ipsec-mb.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "WideGCMCheck.h"

enum { IV = 12, FIXED_IV = 4, EXPLICIT_IV = IV - FIXED_IV, TAG = 16, TLS_HEADER = 13, MOST_AAD = 64 };

/* The library's table of functions, the same for all sessions: they work on what they are given and nothing else. */
static IMB_MGR *manager;

/* One direction of one session. */
struct gcm {
  struct gcm_key_data key; /* must lie at a multiple of 64 */
  size_t key_bytes;
  int has_key, seals;
  /* An IV serves once. */
  int has_iv;
  unsigned char iv[IV], tag[TAG], aad[MOST_AAD];
  size_t aad_bytes;
  int has_tag;
  /* TLS 1.2: the next update is a whole record. */
  int is_record;
};

static void *make(size_t key_bytes) {
  size_t room = (sizeof(struct gcm) + 63) / 64 * 64;
  struct gcm *gcm = aligned_alloc(64, room);
  if (!gcm) return NULL;
  memset(gcm, 0, room);
  gcm->key_bytes = key_bytes;
  return gcm;
}

static void *make_128(void *provider) { return provider ? make(16) : NULL; }
static void *make_256(void *provider) { return provider ? make(32) : NULL; }

static void destroy(void *of) {
  OPENSSL_cleanse(of, sizeof(struct gcm));
  free(of);
}

/* Seals or opens; the tag that belongs to the result is in `tag`. */
static void run(struct gcm *gcm, unsigned char *out, const unsigned char *in, size_t count, unsigned char *tag) {
  struct gcm_context_data work;
  const unsigned char *aad = gcm->aad;
  size_t aads = gcm->aad_bytes;
  if (gcm->seals && gcm->key_bytes == 16) {
    IMB_AES128_GCM_ENC(manager, &gcm->key, &work, out, in, count, gcm->iv, aad, aads, tag, TAG);
  } else if (gcm->seals) {
    IMB_AES256_GCM_ENC(manager, &gcm->key, &work, out, in, count, gcm->iv, aad, aads, tag, TAG);
  } else if (gcm->key_bytes == 16) {
    IMB_AES128_GCM_DEC(manager, &gcm->key, &work, out, in, count, gcm->iv, aad, aads, tag, TAG);
  } else {
    IMB_AES256_GCM_DEC(manager, &gcm->key, &work, out, in, count, gcm->iv, aad, aads, tag, TAG);
  }
  OPENSSL_cleanse(&work, sizeof work);
  gcm->aad_bytes = 0;
}

static int set_params(void *of, const OSSL_PARAM params[]);

static int begin(
    struct gcm *gcm, int seals, const unsigned char *key, size_t key_bytes, const unsigned char *iv, size_t iv_bytes,
    const OSSL_PARAM params[]) {
  gcm->seals = seals;
  gcm->aad_bytes = 0;
  gcm->has_tag = gcm->is_record = 0;
  if (key) {
    if (key_bytes != gcm->key_bytes) return 0;
    if (key_bytes == 16) {
      IMB_AES128_GCM_PRE(manager, key, &gcm->key);
    } else {
      IMB_AES256_GCM_PRE(manager, key, &gcm->key);
    }
    gcm->has_key = 1;
  }
  gcm->has_iv = 0;
  if (iv) {
    if (iv_bytes != IV) return 0;
    memcpy(gcm->iv, iv, IV);
    gcm->has_iv = 1;
  }
  return set_params(gcm, params);
}

static int begin_sealing(
    void *of, const unsigned char *key, size_t keys, const unsigned char *iv, size_t ivs, const OSSL_PARAM params[]) {
  return begin(of, 1, key, keys, iv, ivs, params);
}

static int begin_opening(
    void *of, const unsigned char *key, size_t keys, const unsigned char *iv, size_t ivs, const OSSL_PARAM params[]) {
  return begin(of, 0, key, keys, iv, ivs, params);
}

/* A whole record of TLS 1.2, in place: 8 bytes of the IV, the text, the tag (RFC 5288, section 3). */
static int run_record(struct gcm *gcm, unsigned char *bytes, size_t *done, size_t count) {
  gcm->is_record = 0;
  if (count < EXPLICIT_IV + TAG) return 0;
  unsigned char *text = bytes + EXPLICIT_IV, tag[TAG];
  size_t texts = count - EXPLICIT_IV - TAG;
  if (!gcm->seals) {
    memcpy(gcm->iv + FIXED_IV, bytes, EXPLICIT_IV);
    run(gcm, text, text, texts, tag);
    *done = texts;
    if (CRYPTO_memcmp(tag, text + texts, TAG) == 0) return 1;
    OPENSSL_cleanse(text, texts);
    return 0;
  }
  memcpy(bytes, gcm->iv + FIXED_IV, EXPLICIT_IV);
  run(gcm, text, text, texts, text + texts);
  for (int at = IV - 1; at >= FIXED_IV && ++gcm->iv[at] == 0; at--) continue;
  *done = count;
  return 1;
}

/* First what is authenticated only (no `out`), then the text: each once, and whole. */
static int update(void *of, unsigned char *out, size_t *done, size_t room, const unsigned char *in, size_t count) {
  struct gcm *gcm = of;
  *done = 0;
  if (!gcm->has_key) return 0;
  if (gcm->is_record) return out == in && room >= count && run_record(gcm, out, done, count);
  if (!gcm->has_iv) return 0;
  if (!out) {
    if (gcm->aad_bytes > 0 || count > MOST_AAD) return 0;
    memcpy(gcm->aad, in, count);
    gcm->aad_bytes = count;
    *done = count;
    return 1;
  }
  if (room < count || (!gcm->seals && !gcm->has_tag)) return 0;
  unsigned char tag[TAG];
  run(gcm, out, in, count, tag);
  gcm->has_iv = 0;
  if (gcm->seals) {
    memcpy(gcm->tag, tag, TAG);
    gcm->has_tag = 1;
  } else if (CRYPTO_memcmp(tag, gcm->tag, TAG) != 0) {
    OPENSSL_cleanse(out, count);
    return 0;
  }
  *done = count;
  return 1;
}

/* The update did it all. What it opened was whole, or it would have failed. */
static int finish(void *of, unsigned char *out, size_t *done, size_t room) {
  (void)out;
  (void)room;
  *done = 0;
  return !((struct gcm *)of)->has_iv;
}

static int get_cipher_params(OSSL_PARAM params[], size_t key_bytes) {
  const struct { const char *name; size_t value; } sizes[] = {
      {OSSL_CIPHER_PARAM_KEYLEN, key_bytes}, {OSSL_CIPHER_PARAM_IVLEN, IV}, {OSSL_CIPHER_PARAM_BLOCK_SIZE, 1}};
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    OSSL_PARAM *param = OSSL_PARAM_locate(params, sizes[k].name);
    if (param && !OSSL_PARAM_set_size_t(param, sizes[k].value)) return 0;
  }
  const char *is_so[] = {OSSL_CIPHER_PARAM_AEAD, OSSL_CIPHER_PARAM_CUSTOM_IV};
  for (size_t k = 0; k < sizeof is_so / sizeof *is_so; k++) {
    OSSL_PARAM *param = OSSL_PARAM_locate(params, is_so[k]);
    if (param && !OSSL_PARAM_set_int(param, 1)) return 0;
  }
  OSSL_PARAM *mode = OSSL_PARAM_locate(params, OSSL_CIPHER_PARAM_MODE);
  return !mode || OSSL_PARAM_set_uint(mode, EVP_CIPH_GCM_MODE);
}

static int get_params_128(OSSL_PARAM params[]) { return get_cipher_params(params, 16); }
static int get_params_256(OSSL_PARAM params[]) { return get_cipher_params(params, 32); }

static int get_params(void *of, OSSL_PARAM params[]) {
  struct gcm *gcm = of;
  const struct { const char *name; size_t value; } sizes[] = {
      {OSSL_CIPHER_PARAM_KEYLEN, gcm->key_bytes}, {OSSL_CIPHER_PARAM_IVLEN, IV}, {OSSL_CIPHER_PARAM_AEAD_TAGLEN, TAG},
      {OSSL_CIPHER_PARAM_AEAD_TLS1_AAD_PAD, TAG}};
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    OSSL_PARAM *param = OSSL_PARAM_locate(params, sizes[k].name);
    if (param && !OSSL_PARAM_set_size_t(param, sizes[k].value)) return 0;
  }
  OSSL_PARAM *tag = OSSL_PARAM_locate(params, OSSL_CIPHER_PARAM_AEAD_TAG);
  if (!tag) return 1;
  return gcm->seals && gcm->has_tag && OSSL_PARAM_set_octet_string(tag, gcm->tag, TAG);
}

/* TLS 1.2's header of a record, whose length is made that of the text. */
static int set_record_header(struct gcm *gcm, const OSSL_PARAM *header) {
  if (header->data_type != OSSL_PARAM_OCTET_STRING || header->data_size != TLS_HEADER) return 0;
  memcpy(gcm->aad, header->data, TLS_HEADER);
  size_t length = (size_t)gcm->aad[TLS_HEADER - 2] << 8 | gcm->aad[TLS_HEADER - 1];
  size_t beside = EXPLICIT_IV + (gcm->seals ? 0 : TAG);
  if (length < beside) return 0;
  length -= beside;
  gcm->aad[TLS_HEADER - 2] = (unsigned char)(length >> 8);
  gcm->aad[TLS_HEADER - 1] = (unsigned char)length;
  gcm->aad_bytes = TLS_HEADER;
  gcm->is_record = 1;
  return 1;
}

static int set_params(void *of, const OSSL_PARAM params[]) {
  struct gcm *gcm = of;
  if (!params) return 1;
  const OSSL_PARAM *param = OSSL_PARAM_locate_const(params, OSSL_CIPHER_PARAM_IVLEN);
  size_t size;
  if (param && !(OSSL_PARAM_get_size_t(param, &size) && size == IV)) return 0;
  param = OSSL_PARAM_locate_const(params, OSSL_CIPHER_PARAM_AEAD_TAG);
  if (param) {
    if (param->data_type != OSSL_PARAM_OCTET_STRING || param->data_size != TAG || gcm->seals) return 0;
    if (param->data) {
      memcpy(gcm->tag, param->data, TAG);
      gcm->has_tag = 1;
    }
  }
  param = OSSL_PARAM_locate_const(params, OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED);
  if (param) {
    if (param->data_type != OSSL_PARAM_OCTET_STRING || param->data_size != FIXED_IV) return 0;
    memcpy(gcm->iv, param->data, FIXED_IV);
    /* The rest counts up from anywhere. */
    if (gcm->seals && RAND_bytes(gcm->iv + FIXED_IV, EXPLICIT_IV) != 1) return 0;
  }
  param = OSSL_PARAM_locate_const(params, OSSL_CIPHER_PARAM_AEAD_TLS1_AAD);
  return !param || set_record_header(gcm, param);
}

typedef void (*function)(void);

#define CIPHER(bits)                                                                   \
  static const OSSL_DISPATCH aes_##bits[] = {                                          \
      {OSSL_FUNC_CIPHER_NEWCTX, (function)make_##bits},                                \
      {OSSL_FUNC_CIPHER_FREECTX, (function)destroy},                                   \
      {OSSL_FUNC_CIPHER_ENCRYPT_INIT, (function)begin_sealing},                        \
      {OSSL_FUNC_CIPHER_DECRYPT_INIT, (function)begin_opening},                        \
      {OSSL_FUNC_CIPHER_UPDATE, (function)update},                                     \
      {OSSL_FUNC_CIPHER_FINAL, (function)finish},                                      \
      {OSSL_FUNC_CIPHER_GET_PARAMS, (function)get_params_##bits},                      \
      {OSSL_FUNC_CIPHER_GET_CTX_PARAMS, (function)get_params},                         \
      {OSSL_FUNC_CIPHER_SET_CTX_PARAMS, (function)set_params},                         \
      {0, NULL},                                                                       \
  }

CIPHER(128);
CIPHER(256);

static const char preference[] = "?provider=" WIDE_GCM_PROVIDER;

static const OSSL_ALGORITHM *query(void *provider, int operation, int *must_not_store) {
  (void)provider;
  static const OSSL_ALGORITHM ciphers[] = {
      {"AES-128-GCM:id-aes128-GCM:2.16.840.1.101.3.4.1.6", "provider=" WIDE_GCM_PROVIDER, aes_128, NULL},
      {"AES-256-GCM:id-aes256-GCM:2.16.840.1.101.3.4.1.46", "provider=" WIDE_GCM_PROVIDER, aes_256, NULL},
      {NULL, NULL, NULL, NULL},
  };
  *must_not_store = 0;
  return operation == OSSL_OP_CIPHER ? ciphers : NULL;
}

static int provide(
    const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out, void **provider) {
  (void)in;
  static const OSSL_DISPATCH functions[] = {{OSSL_FUNC_PROVIDER_QUERY_OPERATION, (function)query}, {0, NULL}};
  *out = functions;
  *provider = (void *)(uintptr_t)handle;
  return 1;
}

/* The library, where it is the one that this was compiled for and the processor has what makes it worth while. */
static IMB_MGR *load(void) {
  void *library = dlopen("libIPSec_MB.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) return NULL;
  unsigned (*version)(void) = (unsigned (*)(void))dlsym(library, "imb_get_version");
  IMB_MGR *(*allocate)(uint64_t) = (IMB_MGR * (*)(uint64_t)) dlsym(library, "alloc_mb_mgr");
  void (*init)(IMB_MGR *) = (void (*)(IMB_MGR *))dlsym(library, "init_mb_mgr_avx512");
  void (*release)(IMB_MGR *) = (void (*)(IMB_MGR *))dlsym(library, "free_mb_mgr");
  IMB_MGR *made = NULL;
  if (version && allocate && init && release && version() == IMB_VERSION_NUM) {
    const uint64_t wanted = IMB_CPUFLAGS_AVX2 | IMB_FEATURE_AVX512_SKX | IMB_FEATURE_VAES | IMB_FEATURE_VPCLMULQDQ;
    made = allocate(0);
    if (made && (made->features & wanted) == wanted) {
      init(made);
      return made;
    }
    if (made) release(made);
  }
  dlclose(library);
  return NULL;
}

/* Never given back; kept where it is seen that it is not lost. */
__attribute__((used)) static OSSL_PROVIDER *loaded;
static const char *chosen;

static void choose(void) {
  /* It may run beside a later one than it was built with. Where only validated modules may be used, ours may not. */
  if (OPENSSL_version_major() != 3 || OPENSSL_version_minor() != 0) return;
  if (EVP_default_properties_is_fips_enabled(NULL)) return;
  manager = load();
  if (!manager || !OSSL_PROVIDER_add_builtin(NULL, WIDE_GCM_PROVIDER, provide)) return;
  /* The default provider stays what it is. */
  loaded = OSSL_PROVIDER_try_load(NULL, WIDE_GCM_PROVIDER, 1);
  if (loaded && copenssl_wide_gcm_agrees()) chosen = preference;
}

const char *copenssl_wide_gcm(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, choose);
  return chosen;
}

#else

const char *copenssl_wide_gcm(void) { return NULL; }

#endif
