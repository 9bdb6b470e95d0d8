#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ENTENTE_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ENTENTE_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the sandbox knows the system calls of x86-64 and aarch64 only"
#endif

static const char *const stages[] = {
    "input and output", "limits", "no new privileges", "the filter of system calls", "the program itself"};

// What a converter has no use for: the network, other processes, and changes of files.
static const unsigned short denied[] = {
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_sendto, SYS_sendmsg,
    SYS_sendmmsg, SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg, SYS_io_uring_setup, SYS_io_uring_enter,
    SYS_io_uring_register, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_open, SYS_pidfd_getfd,
    SYS_pidfd_send_signal, SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_unshare,
    SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_bpf, SYS_perf_event_open, SYS_keyctl,
    SYS_add_key, SYS_request_key, SYS_userfaultfd, SYS_unlinkat, SYS_renameat, SYS_renameat2, SYS_mkdirat,
    SYS_mknodat, SYS_linkat, SYS_symlinkat, SYS_truncate, SYS_ftruncate, SYS_fallocate, SYS_fchmod, SYS_fchmodat,
    SYS_fchown, SYS_fchownat, SYS_utimensat, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr,
    SYS_lremovexattr, SYS_fremovexattr, SYS_openat2, SYS_open_by_handle_at, SYS_memfd_create, SYS_execveat,
    SYS_setrlimit, SYS_prlimit64, SYS_setpriority, SYS_sched_setaffinity, SYS_shmget, SYS_msgget, SYS_semget,
    SYS_mq_open,
#if defined(__x86_64__)
    SYS_fork, SYS_vfork, SYS_creat, SYS_unlink, SYS_rename, SYS_mkdir, SYS_rmdir, SYS_mknod, SYS_link, SYS_symlink,
    SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat,
#endif
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define ARGUMENT(number) (offsetof(struct seccomp_data, args) + 8 * (number))

static const unsigned int writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND;

/// The filter as a program: built before the fork, since nothing may be allocated behind it.
static unsigned short build(struct sock_filter *filter) {
  unsigned short at = 0;
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
  filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ENTENTE_ARCHITECTURE, 1, 0);
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
  // The other numbering of calls that x86-64 has.
  filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
  for (size_t index = 0; index < COUNT(denied); index++) {
    filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, denied[index], 0, 1);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES);
  }
  // A newer way to start threads, whose arguments no filter can see: programs fall back to the older one.
  filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1);
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
  // Threads, and no processes.
  filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4);
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(0));
  filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1);
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES);
  // Files are read, and not written.
  filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 4);
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(2));
  filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, writing, 0, 1);
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES);
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
#if defined(__x86_64__)
  filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_open, 0, 4);
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(1));
  filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, writing, 0, 1);
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES);
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
#endif
  filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  return at;
}

struct complaint {
  int stage;
  int error;
};

static void fail(int report, int stage) {
  struct complaint complaint = {stage, errno};
  ssize_t ignored = write(report, &complaint, sizeof complaint);
  (void)ignored;
  _exit(127);
}

static int limit(__rlimit_resource_t resource, uint64_t value) {
  struct rlimit both = {value, value};
  return setrlimit(resource, &both);
}

/// Between fork and exec: only calls that may be made there.
static void become(
    const char *const *arguments, int input, int output, uint64_t memory, const struct sock_fprog *program,
    int report) {
  static char *const environment[] = {
      "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=/", "PYTHONDONTWRITEBYTECODE=1", NULL};
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  int nothing = open("/dev/null", O_WRONLY);
  if (nothing < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(nothing, 2) < 0 || setsid() < 0
      || chdir("/") < 0 || syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */) < 0)
    fail(report, 0);
  if (limit(RLIMIT_AS, memory) < 0 || limit(RLIMIT_CORE, 0) < 0 || limit(RLIMIT_FSIZE, 0) < 0
      || limit(RLIMIT_NOFILE, 64) < 0)
    fail(report, 1);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail(report, 2);
  // A network of its own without anything in it, where that can be had; the filter holds with and without it.
  if (unshare(CLONE_NEWNET) < 0) (void)unshare(CLONE_NEWUSER | CLONE_NEWNET);
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, program) < 0) fail(report, 3);
  execve(arguments[0], (char *const *)arguments, environment);
  fail(report, 4);
}

pid_t entente_sandbox_start(
    const char *const *arguments, int input, int output, uint64_t memory, const char **stage) {
  struct sock_filter filter[2 * COUNT(denied) + 32];
  struct sock_fprog program = {build(filter), filter};
  int report[2];
  *stage = stages[0];
  if (pipe2(report, O_CLOEXEC) < 0) return -1;
  pid_t process = fork();
  if (process == 0) become(arguments, input, output, memory, &program, report[1]);
  int error = errno;
  close(report[1]);
  if (process < 0) {
    close(report[0]);
    errno = error;
    return -1;
  }
  struct complaint complaint;
  ssize_t count;
  do { count = read(report[0], &complaint, sizeof complaint); } while (count < 0 && errno == EINTR);
  close(report[0]);
  if (count != sizeof complaint) {
    *stage = NULL;
    return process;
  }
  waitpid(process, NULL, 0);
  *stage = stages[complaint.stage];
  errno = complaint.error;
  return -1;
}
