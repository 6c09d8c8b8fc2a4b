/* What the command line of a QEMU says.  It is hostile: anybody can start a process with any. */
#ifndef VCTOP_KERNEL_QEMU_ARGS_H
#define VCTOP_KERNEL_QEMU_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QEMU_CMDLINE_MAX (128u * 1024) /* guests with many devices have long ones; cut behind */
#define QEMU_NAME_MAX 512
#define QEMU_UUID_LEN 36
#define QEMU_BACKENDS_MAX 16
#define QEMU_PART_MAX QEMU_NAME_MAX

/* Whose marks it bears, whether they are true or not. */
enum qemu_mark {
    QEMU_MARK_NONE,
    QEMU_MARK_LIBVIRT,         /* the system's daemon */
    QEMU_MARK_LIBVIRT_SESSION, /* a user's */
    QEMU_MARK_PROXMOX,
    QEMU_MARK_LXD,
    QEMU_MARK_INCUS
};

/* Plain values; texts are raw bytes. */
struct qemu_args {
    char name[QEMU_NAME_MAX];            /* -name, cut; "" when there is none */
    char uuid[QEMU_UUID_LEN + 1];        /* -uuid, else that of -smbios type=1; lower case; "" */
    uint32_t vmid;                       /* Proxmox's -id; 0 none */
    uint32_t vcpus;                      /* -smp; 0 unknown */
    uint64_t memory;                     /* -m in bytes; 0 unknown */
    uint64_t backend[QEMU_BACKENDS_MAX]; /* sizes of its memory backends in bytes */
    size_t backends;                     /* QEMU_BACKENDS_MAX: there may be more */
    int kvm;                             /* asked for: 1, 0; -1 it does not say */
    enum qemu_mark mark;
    bool no_machine; /* -machine none: libvirt asks QEMU what it can do */
};

/* Parses LEN bytes of arguments apart by NUL; a last one without a NUL was cut off and is passed
 * over.  Always fills RET. */
void qemu_args_parse(struct qemu_args *ret, const char *cmdline, size_t len);

/* The next of "a=b,c,d=e,,f" at *TEXT into BUF, where ",," is a comma; cut at its size.  False at
 * the end. */
bool qemu_next_part(const char **text, char buf[QEMU_PART_MAX]);

/* What stands behind "KEY=" in PART; NULL: it is another. */
const char *qemu_value_of(const char *part, const char *key);

/* PATH (of a program; a "/proc/PID/exe" of a deleted file too, or only a name, as in
 * /proc/PID/comm, cut at 15 bytes) is called like a QEMU for whole machines. */
bool qemu_is_program(const char *path);

#endif
