#include "WideGCMCheck.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

enum { LONGEST = (16 << 10) + 1, IV = 12, FIXED_IV = 4, EXPLICIT_IV = 8, TAG = 16, TLS_HEADER = 13, KEY = 32 };

static unsigned char key[KEY], iv[IV], text[LONGEST];

/* A context with the key, for one direction. */
static EVP_CIPHER_CTX *start(const EVP_CIPHER *cipher, int seals) {
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  if (context && EVP_CipherInit_ex2(context, cipher, key, NULL, seals, NULL) == 1) return context;
  EVP_CIPHER_CTX_free(context);
  return NULL;
}

/* As TLS 1.3 does: a new IV, a header of 5 bytes, the text, the tag. */
static int run(const EVP_CIPHER *cipher, int seals, unsigned char *bytes, int count, unsigned char *tag) {
  EVP_CIPHER_CTX *context = start(cipher, seals);
  int done, end;
  int is_good = context && EVP_CipherInit_ex2(context, NULL, NULL, iv, seals, NULL) == 1 &&
                (seals || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1) &&
                EVP_CipherUpdate(context, NULL, &done, text, 5) == 1 &&
                EVP_CipherUpdate(context, bytes, &done, bytes, count) == 1 && done == count &&
                EVP_CipherFinal_ex(context, bytes + count, &end) == 1 && end == 0 &&
                (!seals || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, tag) == 1);
  EVP_CIPHER_CTX_free(context);
  return is_good;
}

/* As TLS 1.2 does: part of the IV, the text and the tag in one piece, of which `count` is all that comes in. */
static int run_record(const EVP_CIPHER *cipher, int seals, unsigned char *bytes, int count) {
  EVP_CIPHER_CTX *context = start(cipher, seals);
  int length = seals ? count - TAG : count, done;
  unsigned char header[TLS_HEADER] = {0};
  header[TLS_HEADER - 2] = (unsigned char)(length >> 8);
  header[TLS_HEADER - 1] = (unsigned char)length;
  int is_good = context && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_IV_FIXED, FIXED_IV, iv) == 1 &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_TLS1_AAD, TLS_HEADER, header) == TAG &&
                EVP_CipherUpdate(context, bytes, &done, bytes, count) == 1;
  EVP_CIPHER_CTX_free(context);
  return is_good && done == (seals ? count : count - EXPLICIT_IV - TAG);
}

static int agree(const EVP_CIPHER *ours, const EVP_CIPHER *theirs, int count) {
  static unsigned char mine[LONGEST + EXPLICIT_IV + TAG], other[LONGEST + EXPLICIT_IV + TAG];
  unsigned char tag[TAG], other_tag[TAG];
  size_t size = (size_t)count;
  memcpy(mine, text, size);
  memcpy(other, text, size);
  if (!run(ours, 1, mine, count, tag) || !run(theirs, 1, other, count, other_tag)) return 0;
  if (memcmp(mine, other, size) != 0 || memcmp(tag, other_tag, TAG) != 0) return 0;
  if (!run(ours, 0, other, count, other_tag) || memcmp(other, text, size) != 0) return 0;
  mine[size / 2] ^= 1;
  if (run(ours, 0, mine, count, tag)) return 0;

  int whole = EXPLICIT_IV + count + TAG;
  memcpy(mine + EXPLICIT_IV, text, size);
  if (!run_record(ours, 1, mine, whole)) return 0;
  memcpy(other, mine, (size_t)whole);
  if (!run_record(theirs, 0, mine, whole) || memcmp(mine + EXPLICIT_IV, text, size) != 0) return 0;
  other[EXPLICIT_IV + size / 2] ^= 1;
  if (run_record(ours, 0, other, whole)) return 0;
  memcpy(other + EXPLICIT_IV, text, size);
  if (!run_record(theirs, 1, other, whole) || !run_record(ours, 0, other, whole)) return 0;
  return memcmp(other + EXPLICIT_IV, text, size) == 0;
}

/* No IV serves twice: what TLS 1.3 gives is used up by one text, and that of TLS 1.2 counts up. */
static int never_repeats(const EVP_CIPHER *ours) {
  unsigned char bytes[2][EXPLICIT_IV + 1 + TAG] = {{0}}, header[TLS_HEADER] = {0};
  header[TLS_HEADER - 1] = EXPLICIT_IV + 1;
  int done, size = sizeof bytes[0];
  EVP_CIPHER_CTX *context = start(ours, 1);
  int is_good = context && EVP_CipherInit_ex2(context, NULL, NULL, iv, 1, NULL) == 1 &&
                EVP_CipherUpdate(context, bytes[0], &done, bytes[0], 1) == 1 &&
                EVP_CipherUpdate(context, bytes[0], &done, bytes[0], 1) != 1 &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_IV_FIXED, FIXED_IV, iv) == 1;
  for (int k = 0; is_good && k < 2; k++) {
    is_good = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_TLS1_AAD, TLS_HEADER, header) == TAG &&
              EVP_CipherUpdate(context, bytes[k], &done, bytes[k], size) == 1 &&
              EVP_CipherUpdate(context, bytes[k], &done, bytes[k], size) != 1;
  }
  EVP_CIPHER_CTX_free(context);
  return is_good && memcmp(bytes[0], bytes[1], EXPLICIT_IV) != 0;
}

static int agree_on(const char *name) {
  EVP_CIPHER *ours = EVP_CIPHER_fetch(NULL, name, "provider=" WIDE_GCM_PROVIDER);
  EVP_CIPHER *theirs = EVP_CIPHER_fetch(NULL, name, "provider=default");
  int is_same = ours && theirs && never_repeats(ours) && agree(ours, theirs, LONGEST);
  for (int count = 1; is_same && count < 2400; count += 37) is_same = agree(ours, theirs, count);
  EVP_CIPHER_free(ours);
  EVP_CIPHER_free(theirs);
  return is_same;
}

int copenssl_wide_gcm_agrees(void) {
  for (size_t at = 0; at < sizeof text; at++) text[at] = (unsigned char)(at * 167 + (at >> 8));
  for (size_t at = 0; at < sizeof key; at++) key[at] = (unsigned char)(at * 59 + 7);
  for (size_t at = 0; at < sizeof iv; at++) iv[at] = (unsigned char)(at * 83 + 3);
  int is_same = agree_on("AES-128-GCM") && agree_on("AES-256-GCM");
  ERR_clear_error(); /* what was altered was refused */
  return is_same;
}
