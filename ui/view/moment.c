#include "ui/view/moment.h"

#include <time.h>

#include "base/clock.h"

static bool break_down(struct tm *ret, int64_t wall_ns)
{
    time_t seconds = (time_t)(wall_ns / NS_PER_S);

    return localtime_r(&seconds, ret) != NULL;
}

void moment_text(char dst[MOMENT_MAX], int64_t wall_ns, enum moment how)
{
    static const char *const formats[] = {
        [MOMENT_CLOCK] = "%H:%M:%S",
        [MOMENT_DATED] = "%m-%d %H:%M:%S",
        [MOMENT_FULL] = "%Y-%m-%d %H:%M:%S %z",
        [MOMENT_NAME] = "%Y%m%d-%H%M%S",
    };
    struct tm at;

    if (!break_down(&at, wall_ns) || !strftime(dst, MOMENT_MAX, formats[how], &at))
        dst[0] = '\0';
}

bool moment_same_day(int64_t a_wall_ns, int64_t b_wall_ns)
{
    struct tm a, b;

    return break_down(&a, a_wall_ns) && break_down(&b, b_wall_ns) && a.tm_year == b.tm_year &&
           a.tm_yday == b.tm_yday;
}
