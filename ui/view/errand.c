#include "ui/view/errand.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/units.h"
#include "ui/view/view.h"

#define SLOW_NS (2 * NS_PER_S)
#define LAST_WAIT_MS 1000

struct errand {
    int fd; /* eventfd, -1 when there is none to be had */
    bool busy;
    pthread_t thread;
    char what[160];
    int64_t since_ns;
    void (*work)(void *data);
    void (*done)(struct ui *ui, void *data);
    void *data;
};

struct errand *errand_new(void)
{
    struct errand *errand = xcalloc(1, sizeof(*errand));

    errand->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return errand;
}

int errand_fd(const struct errand *errand)
{
    return errand->fd;
}

bool errand_is_busy(const struct errand *errand)
{
    return errand->busy;
}

static void *run(void *data)
{
    struct errand *errand = data;
    uint64_t one = 1;

    errand->work(errand->data);
    /* A counter that is read each time cannot be full. */
    ssize_t written = write(errand->fd, &one, sizeof(one));
    (void)written;
    return NULL;
}

bool errand_run(struct ui *ui, const char *what, void (*work)(void *data),
                void (*done)(struct ui *ui, void *data), void *data)
{
    struct errand *errand = ui->errand;

    if (errand->busy) {
        ui_say(ui, STYLE_WARN, "still %s: try again when that is done", errand->what);
        return false;
    }
    snprintf(errand->what, sizeof(errand->what), "%s", what);
    errand->since_ns = ui->clock_ns;
    errand->work = work;
    errand->done = done;
    errand->data = data;
    /* Signals that the loop reads are blocked here, and with that in the thread. */
    int rc = errand->fd < 0 ? EMFILE : pthread_create(&errand->thread, NULL, run, errand);
    if (rc) {
        ui_say(ui, STYLE_BAD, "not %s: %s", what, strerror(rc));
        return false;
    }
    errand->busy = true;
    return true;
}

bool errand_finish(struct ui *ui)
{
    struct errand *errand = ui->errand;
    uint64_t count;

    if (!errand->busy || read(errand->fd, &count, sizeof(count)) != (ssize_t)sizeof(count))
        return false;
    pthread_join(errand->thread, NULL);
    errand->busy = false;
    errand->done(ui, errand->data);
    return true;
}

bool errand_is_slow(const struct errand *errand, int64_t now_ns, char *dst, size_t size)
{
    char age[UNITS_MAX];

    if (!errand->busy || now_ns - errand->since_ns < SLOW_NS)
        return false;
    units_duration(age, (double)(now_ns - errand->since_ns) / NS_PER_S);
    snprintf(dst, size, "%s: no answer from the file system for %s", errand->what, age);
    return true;
}

void errand_end(struct ui *ui)
{
    struct errand *errand = ui->errand;
    struct pollfd done = {.fd = errand->fd, .events = POLLIN};

    ui->errand = NULL;
    if (errand->busy && poll(&done, 1, LAST_WAIT_MS) <= 0) {
        /* The thread still holds it: both end with the process. */
        pthread_detach(errand->thread);
        return;
    }
    if (errand->busy) {
        pthread_join(errand->thread, NULL);
        errand->done(ui, errand->data);
    }
    if (errand->fd >= 0)
        close(errand->fd);
    free(errand);
}
