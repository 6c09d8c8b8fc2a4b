#include "backend/libvirt/loop.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <libxml/parser.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Without a timer the loop would sleep for ever when there is nothing to watch. */
#define LOOP_TURN_MS 1000

static bool started;

/* The default handler prints to standard error. */
static void be_silent(void *user, virErrorPtr error)
{
    (void)user;
    (void)error;
}

static void on_turn(int timer, void *user)
{
    (void)timer;
    (void)user;
}

static void *run(void *user)
{
    (void)user;
    for (;;)
        virEventRunDefaultImpl();
    return NULL;
}

int lv_loop_start(struct error *err)
{
    sigset_t pipe;
    pthread_t thread;

    if (started)
        return 0;
    /* libvirt writes to sockets whose other end may be gone. */
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    setenv("LIBVIRT_AUTOSTART", "0", 1);
    virSetErrorFunc(NULL, be_silent);
    xmlInitParser();
    if (virInitialize() < 0 || virEventRegisterDefaultImpl() < 0 ||
        virEventAddTimeout(LOOP_TURN_MS, on_turn, NULL, NULL) < 0)
        return error_set(err, ERR_IO, NULL, "libvirt cannot be initialised: %s",
                         virGetLastErrorMessage());
    int rc = pthread_create(&thread, NULL, run, NULL);
    if (rc != 0)
        return error_errno(err, rc, "libvirt's event loop cannot be started");
    pthread_detach(thread);
    started = true;
    return 0;
}
