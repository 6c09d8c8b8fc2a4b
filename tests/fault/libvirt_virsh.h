/* What tests do to machines behind vctop's back: by virsh, and by signals to their QEMUs. */
#ifndef VCTOP_TESTS_FAULT_LIBVIRT_VIRSH_H
#define VCTOP_TESTS_FAULT_LIBVIRT_VIRSH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Runs virsh COMMAND [ARGUMENT] on the tests' daemon for at most a minute: its exit status, and
 * what it wrote (valid until the next call). */
int virsh(const char *command, const char *argument);
const char *virsh_output(void);

#define UUID_LEN 36

/* Defines a machine that costs next to nothing.  UUID: NULL for one of libvirt's choice.  One that
 * BEATS uses the CPU more and less from second to second; the others rest in their firmware. */
void machine_define(const char *name, const char *uuid, bool beats);
/* Defines one that writes its DISK (a path, made sparse) all the time: half a MiB over and over. */
void machine_define_writer(const char *name, const char *disk);
void machine_start(const char *name);
/* Defines and starts. */
void machine_run(const char *name, bool beats);

/* One with two serial lines: on the first it says '>', then echoes; from a 'Y' on it floods with
 * 'y' until something else comes. */
void machine_run_talking(const char *name);

/* One that writes its disk hda all the time, as the one above, and lets its watchdog fire, of which
 * libvirt is told once a second; it has a controller for more disks, and a CD drive
 * hdc whose image is missing. */
void machine_run_restless(const char *name);

/* One with a serial line, on which it says BYTES (at most MACHINE_SAYS_MAX) after each 'H'. */
#define MACHINE_SAYS_MAX 4096
void machine_run_saying(const char *name, const char *bytes, size_t len);

/* One with a VGA: its firmware finds nothing to boot, and says so there. */
void machine_run_seen(const char *name);

/* One that panics as soon as it runs; it is started paused.  ON_CRASH: what libvirt does then. */
void machine_hold_panicking(const char *name, const char *on_crash);

/* "running", "shut off" ...; valid until the next call. */
const char *machine_state(const char *name);

/* Its QEMU; the test fails when there is none. */
pid_t machine_pid(const char *name);
void machine_signal(const char *name, int number);

#endif
