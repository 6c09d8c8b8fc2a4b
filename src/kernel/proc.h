/* What /proc says of a process.  ROOT stands before "/proc" in every path: "" for the real one, a
 * recorded tree in tests; it must outlive what is made with it.  Nothing here blocks; all may be
 * called from any thread.  Functions return 0 or a negative error code: ERR_GONE when there is no
 * such process, ERR_DENIED, ERR_SYNTAX when the kernel's text makes no sense, ERR_IO. */
#ifndef VCTOP_KERNEL_PROC_H
#define VCTOP_KERNEL_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A pid alone is reused; with its start time it is not. */
struct proc_identity {
    pid_t pid;
    uint64_t start_ticks; /* USER_HZ since boot; 0: unset */
};

#define PROC_COMM_MAX 64

/* /proc/PID/stat.  Times are in nanoseconds, with the kernel's resolution of one USER_HZ tick. */
struct proc_stat {
    struct proc_identity id;
    pid_t parent;
    char state;               /* R S D T t Z X I ... */
    char comm[PROC_COMM_MAX]; /* raw bytes */
    uint64_t user_ns, system_ns;
    uint64_t children_user_ns, children_system_ns; /* waited-for children */
    uint64_t guest_ns;                             /* inside user_ns: do not add */
    uint64_t major_faults;                         /* of all its threads */
    uint32_t threads;
    uint64_t rss_bytes;
    int last_cpu; /* -1 unknown */
};

/* /proc/PID/io: what reached the block layer, in bytes, and calls. */
struct proc_io {
    uint64_t read_bytes, write_bytes, read_calls, write_calls;
};

/* /proc/PID/status. */
struct proc_status {
    uint64_t rss_bytes, hugetlb_bytes; /* 0 for a kernel thread: see has_memory */
    uint64_t swap_bytes;               /* without shared memory that was swapped out */
    bool has_memory;
    pid_t leader;    /* the process that it is a thread of, itself as a rule; 0 unknown */
    pid_t inner_pid; /* the last of NSpid: 1 for the init of a pid namespace; 0 unknown */
    uid_t uid;       /* real */
};

int proc_read_stat(const char *root, pid_t pid, struct proc_stat *ret);
int proc_read_status(const char *root, pid_t pid, struct proc_status *ret);
int proc_read_io(const char *root, pid_t pid, struct proc_io *ret);

/* Arguments apart by NUL into BUF, cut at SIZE - 1, terminated twice where room allows.  Returns
 * the length or a negative error code. */
ssize_t proc_read_cmdline(const char *root, pid_t pid, char *buf, size_t size);

/* The argument behind the option NAME ("-uuid"; "--uuid=x" is not understood) in a command line of
 * LEN bytes; NULL when there is none. */
const char *proc_cmdline_option(const char *cmdline, size_t len, const char *name);

/* What /proc/PID/exe leads to into BUF, terminated: the program's path, " (deleted)" behind it when
 * that was removed.  ERR_GONE for a kernel thread. */
int proc_read_exe(const char *root, pid_t pid, char *buf, size_t size);

/* Direct children of every thread of PID, at most MAX into RET; returns how many, or a negative
 * error code.  Reads /proc/PID/task/TID/children; a snapshot that may be racy while they change. */
ssize_t proc_children(const char *root, pid_t pid, pid_t *ret, size_t max);

/* Calls VISIT for every pid of /proc until it returns false.  Returns 0 or a negative code. */
int proc_each(const char *root, bool (*visit)(pid_t pid, void *user), void *user);

/* The same over the threads of PID. */
int proc_each_thread(const char *root, pid_t pid, bool (*visit)(pid_t tid, void *user), void *user);

/* The inode of /proc/PID/ns/NAME ("net", "cgroup", "pid"), PID 0 for this process; 0 unknown. */
uint64_t proc_namespace(const char *root, pid_t pid, const char *name);

/* CLOCK_BOOTTIME now, the clock that start times are on. */
int64_t proc_boottime_ns(void);

/* Milliseconds from the process's start to BOOTTIME_NS; never negative. */
uint64_t proc_age_ms(const struct proc_identity *id, int64_t boottime_ns);

/* "PID:START", the text of an identity, for struct facts' life.  SIZE of 48 is enough. */
void proc_life(const struct proc_identity *id, char *buf, size_t size);

#endif
