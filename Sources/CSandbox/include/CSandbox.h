#ifndef ENTENTE_CSANDBOX_H
#define ENTENTE_CSANDBOX_H

#include <stdint.h>
#include <sys/types.h>

/// Starts a program that reads from `input` and writes to `output`, and can do little else: no network, no other
/// programs, no changes of files, no signals, at most `memory` bytes of address space.
///
/// In C because between fork and exec only a few functions may be called, which Swift cannot promise.
///
/// \param arguments the program's path, its arguments, and NULL.
/// \param stage where it went wrong, as text of this library; NULL where the program runs.
/// \return the process, or -1 with errno set.
pid_t entente_sandbox_start(
    const char *const *arguments, int input, int output, uint64_t memory, const char **stage);

#endif
