#include "backend/calls.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"

#define RUNNING_MAX 16 /* more than threads call; what has no room is counted, not timed */
#define SPANS 6        /* a minute */
#define SPAN_NS (10 * NS_PER_S)

static struct {
    pthread_mutex_t lock;
    uint64_t count;
    struct {
        bool used;
        int64_t since_ns;
        struct cost_call call;
    } running[RUNNING_MAX];
    struct {
        int64_t number; /* of the span, since the clock's zero */
        struct cost_call slowest;
    } spans[SPANS];
} calls = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* With the lock held. */
static void ended(const struct cost_call *call, int64_t now_ns)
{
    int64_t number = now_ns / SPAN_NS;
    size_t at = (size_t)(number % SPANS);

    if (calls.spans[at].number != number)
        calls.spans[at].slowest = (struct cost_call){0};
    calls.spans[at].number = number;
    if (call->took_ns > calls.spans[at].slowest.took_ns)
        calls.spans[at].slowest = *call;
}

int calls_begin(const char *what, const char *about)
{
    int ret = -1;

    pthread_mutex_lock(&calls.lock);
    calls.count++;
    for (int i = 0; i < RUNNING_MAX && ret < 0; i++)
        if (!calls.running[i].used)
            ret = i;
    if (ret >= 0) {
        struct cost_call *call = &calls.running[ret].call;
        snprintf(call->what, sizeof(call->what), "%s", what);
        snprintf(call->about, sizeof(call->about), "%s", about ? about : "");
        calls.running[ret].used = true;
        calls.running[ret].since_ns = clock_mono_ns();
    }
    pthread_mutex_unlock(&calls.lock);
    return ret;
}

void calls_end(int call)
{
    int64_t now = clock_mono_ns();

    if (call < 0)
        return;
    pthread_mutex_lock(&calls.lock);
    calls.running[call].call.took_ns = now - calls.running[call].since_ns;
    calls.running[call].used = false;
    ended(&calls.running[call].call, now);
    pthread_mutex_unlock(&calls.lock);
}

void calls_note(const char *what, int64_t took_ns)
{
    struct cost_call call = {.took_ns = took_ns};

    snprintf(call.what, sizeof(call.what), "%s", what);
    pthread_mutex_lock(&calls.lock);
    ended(&call, clock_mono_ns());
    pthread_mutex_unlock(&calls.lock);
}

void calls_read(struct cost *ret, int64_t now_ns)
{
    int64_t number = now_ns / SPAN_NS;
    struct cost_call slowest = {0};

    pthread_mutex_lock(&calls.lock);
    ret->calls = calls.count;
    for (size_t i = 0; i < SPANS; i++)
        if (calls.spans[i].number > number - SPANS &&
            calls.spans[i].slowest.took_ns > slowest.took_ns)
            slowest = calls.spans[i].slowest;
    for (size_t i = 0; i < RUNNING_MAX; i++) {
        int64_t took = now_ns - calls.running[i].since_ns;
        if (!calls.running[i].used || took <= slowest.took_ns)
            continue;
        slowest = calls.running[i].call;
        slowest.took_ns = took;
        slowest.running = true;
    }
    pthread_mutex_unlock(&calls.lock);
    ret->slowest = slowest;
}
