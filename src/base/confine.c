#include "base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/watched.h"

static int get(struct __user_cap_header_struct *head, struct __user_cap_data_struct data[2])
{
    *head = (struct __user_cap_header_struct){.version = _LINUX_CAPABILITY_VERSION_3};
    return syscall(SYS_capget, head, data) < 0 ? -errno : 0;
}

int confine_capabilities(uint64_t keep)
{
    struct __user_cap_header_struct head;
    struct __user_cap_data_struct data[2];
    int rc = get(&head, data);

    if (rc < 0)
        return rc;
    /* While we still may: what a program would get that root executes. */
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
        if (!(keep >> capability & 1))
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (int i = 0; i < 2; i++) {
        uint32_t mask = (uint32_t)(keep >> 32 * i);

        data[i].effective &= mask;
        data[i].permitted &= mask;
        data[i].inheritable = 0;
    }
    if (syscall(SYS_capset, &head, data) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -errno;
    return 0;
}

static const int refused[] = {
    /* processes and programs */
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(clone),
    SCMP_SYS(clone3),
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    /* the network; what is connected already stays so */
    SCMP_SYS(socket),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    /* files and their names */
    SCMP_SYS(creat),
    SCMP_SYS(openat2),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(truncate),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(symlink),
    SCMP_SYS(symlinkat),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(chmod),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(chown),
    SCMP_SYS(fchown),
    SCMP_SYS(lchown),
    SCMP_SYS(fchownat),
    SCMP_SYS(setxattr),
    SCMP_SYS(lsetxattr),
    SCMP_SYS(fsetxattr),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(io_uring_setup), /* which opens and connects behind the filter's back */
    /* other processes, and the kernel */
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(rt_sigqueueinfo),
    SCMP_SYS(tkill),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(kexec_load),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(sethostname),
};

static int refuse_all(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
        int rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Reading is left to it: a time zone, a character set. */
static int refuse_writing(scmp_filter_ctx filter)
{
    static const scmp_datum_t ways[] = {O_WRONLY, O_RDWR};
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(ways); i++) {
        rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(open), 1,
                              SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE, ways[i]));
        if (rc == 0)
            rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(openat), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE, ways[i]));
    }
    return rc;
}

/* To itself it may, and to its group for ^Z. */
static int refuse_signals(scmp_filter_ctx filter)
{
    int rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(kill), 1,
                              SCMP_A0(SCMP_CMP_NE, 0, 0));

    return rc < 0 ? rc
                  : seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 1,
                                     SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)getpid(), 0));
}

static int filter_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int rc = filter ? 0 : -ENOMEM;

    if (rc == 0)
        rc = refuse_all(filter);
    if (rc == 0)
        rc = refuse_writing(filter);
    if (rc == 0)
        rc = refuse_signals(filter);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    return rc;
}

void confine_front(void)
{
    int rc = confine_capabilities(0);

    if (rc < 0)
        log_line("capabilities are kept: %s", strerror(-rc));
    /* The leak detector and its kin start a process at the end. */
    rc = WATCHED ? 0 : filter_calls();
    if (rc < 0)
        log_line("system calls are not filtered: %s", strerror(-rc));
}
