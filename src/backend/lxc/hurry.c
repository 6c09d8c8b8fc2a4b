#include "backend/lxc/hurry.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define CLOSELY_NS (20 * NS_PER_MS)
#define AT_LEISURE_NS (200 * NS_PER_MS)
#define SHORT_NS (3 * NS_PER_S)
#define LONG_NS (60 * NS_PER_S)

void lxc_hurry_open(struct lxc_hurry *hurry)
{
    hurry->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    hurry->youngest_ns = INT64_MAX;
}

void lxc_hurry_close(struct lxc_hurry *hurry)
{
    if (hurry->timer >= 0)
        close(hurry->timer);
    hurry->timer = -1;
}

bool lxc_hurry_hush(const struct lxc_hurry *hurry)
{
    uint64_t expirations;
    return hurry->timer < 0 || read(hurry->timer, &expirations, sizeof(expirations)) >= 0 ||
           errno == EAGAIN;
}

void lxc_hurry_begin(struct lxc_hurry *hurry)
{
    hurry->youngest_ns = INT64_MAX;
}

void lxc_hurry_note(struct lxc_hurry *hurry, int64_t age_ns)
{
    if (age_ns < hurry->youngest_ns)
        hurry->youngest_ns = age_ns;
}

void lxc_hurry_set(const struct lxc_hurry *hurry, bool pending)
{
    if (hurry->timer < 0)
        return;
    struct itimerspec at = {0};
    if (pending || hurry->youngest_ns < SHORT_NS)
        at.it_value.tv_nsec = CLOSELY_NS;
    else if (hurry->youngest_ns < LONG_NS)
        at.it_value.tv_nsec = AT_LEISURE_NS;
    timerfd_settime(hurry->timer, 0, &at, NULL);
}
