/* For the thread sanitizer, loaded before everything else: the slow way of Swift's Mutex.

   Where a Mutex is contended on Linux, the kernel hands it over (FUTEX_LOCK_PI), and the code that asks for it lies in
   Swift's library: the sanitizer sees none of it and takes what the lock protects for a race. Here whoever finds it taken
   tries again and says when it has it. The quick way is inlined into our code, where the sanitizer sees it. */
#include <sched.h>
#include <stdint.h>

extern void __tsan_acquire(void *address) __attribute__((weak));

__attribute__((swiftcall)) void lock_slowly(
    uint32_t thread, __attribute__((swift_context)) _Atomic uint32_t *handle)
    __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");

__attribute__((swiftcall)) void lock_slowly(
    uint32_t thread, __attribute__((swift_context)) _Atomic uint32_t *handle) {
  uint32_t free = 0;
  while (!__c11_atomic_compare_exchange_strong(handle, &free, thread, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
    free = 0;
    sched_yield();
  }
  if (__tsan_acquire) __tsan_acquire((void *)handle);
}
