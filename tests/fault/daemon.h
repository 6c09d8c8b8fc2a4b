/* A libvirt daemon of the tests' own, in session mode, with all that it has in one folder: what is
 * done to it touches no other daemon and no other guest. */
#ifndef VCTOP_TESTS_FAULT_DAEMON_H
#define VCTOP_TESTS_FAULT_DAEMON_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define DAEMON_URI "qemu:///session"

/* What main() of such a test returns: runs TESTS, each with a fresh daemon without guests (row 1
 * stops it itself).  Says aloud why it skips them (status 77) when what they need is not installed.
 * When this process ends, however it does, all that was started in the folder is killed and the
 * folder is removed. */
int daemon_main(const char *suite, const TTest *const *tests, size_t count);

/* The folder, and PATH in it; valid until the eighth call after. */
const char *daemon_folder(void);
const char *daemon_path(const char *path);

/* What points a program to this daemon: "NAME=value" pairs, NULL-terminated. */
const char *const *daemon_environment(void);

/* Starts it and waits until it answers. */
void daemon_start(void);
pid_t daemon_pid(void); /* 0: it does not run */
/* SIGKILL also waits for its end. */
void daemon_signal(int number);

/* Processes of the folder whose command line holds WORDS. */
size_t daemon_count_processes(const char *words);

#endif
