#include "backend/libvirt/loop.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <libxml/parser.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* Without a timer the loop would sleep for ever when there is nothing to watch. */
#define LOOP_TURN_MS 1000
#define STUCK_NS (8 * NS_PER_S)
#define STUCK_ASKED 3 /* who asks may have been away as long, with the whole process */

static bool started;
static atomic_uint turns;

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
    atomic_fetch_add(&turns, 1);
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
    pthread_setname_np(thread, "libvirt-loop");
    pthread_detach(thread);
    started = true;
    return 0;
}

bool lv_loop_is_stuck(int64_t now_ns)
{
    static unsigned seen, asked;
    static int64_t since_ns;
    unsigned now = atomic_load(&turns);

    if (now != seen || !since_ns) {
        seen = now;
        asked = 0;
        since_ns = now_ns;
    }
    return started && ++asked > STUCK_ASKED && now_ns - since_ns >= STUCK_NS;
}
