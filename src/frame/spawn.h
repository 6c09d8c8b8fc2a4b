/* What the screen asks of the spawner: one tiny request of fixed form, one tiny answer. */
#ifndef VCTOP_FRAME_SPAWN_H
#define VCTOP_FRAME_SPAWN_H

#include <stdint.h>

#define SPAWN_MAGIC 0x76637470u

enum spawn_op {
    SPAWN_START = 1, /* start a child in ROLE for SOURCE */
    SPAWN_KILL       /* SIGKILL the child TOKEN */
};

enum spawn_role {
    ROLE_WORKER = 1,
    ROLE_JOB,
    ROLE_PROBE,
    ROLE_CONSOLE, /* refused under --readonly */
    ROLE_LOG      /* a console that can only show logs */
};

/* Over a SOCK_SEQPACKET pair: one message each. */
struct spawn_request {
    uint32_t magic;
    uint32_t op;       /* enum spawn_op */
    uint32_t role;     /* enum spawn_role */
    uint32_t token;    /* the asker's number of the child */
    char source[1024]; /* terminated: "libvirt:URI", "lxc:PATH", "host", "proc", "sim:SPEC" */
};

enum spawn_answer_kind {
    SPAWN_STARTED =
        1,         /* PID, with two descriptors in SCM_RIGHTS: the child's channel, its stderr */
    SPAWN_REFUSED, /* ERRNUM says why: EROFS under --readonly, else of fork */
    SPAWN_EXITED   /* WSTATUS as of waitpid */
};

struct spawn_answer {
    uint32_t magic;
    uint32_t kind;
    uint32_t token;
    int32_t pid;
    int32_t wstatus;
    int32_t errnum;
};

#endif
