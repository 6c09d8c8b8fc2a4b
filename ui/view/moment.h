/* Moments in words of the local clock. */
#ifndef VCTOP_UI_VIEW_MOMENT_H
#define VCTOP_UI_VIEW_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

enum moment {
    MOMENT_CLOCK, /* 02:14:03 */
    MOMENT_DATED, /* 11-26 02:14:03 */
    MOMENT_FULL,  /* 2026-11-26 02:14:03 +0000 */
    MOMENT_NAME   /* 20261126-021403: for the names of files */
};

#define MOMENT_MAX 40

/* "" for a moment that no calendar has. */
void moment_text(char dst[MOMENT_MAX], int64_t wall_ns, enum moment how);

bool moment_same_day(int64_t a_wall_ns, int64_t b_wall_ns);

#endif
