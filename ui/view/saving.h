/* A text being written to a file while the screen goes on, and what comes of it in the status
 * line. */
#ifndef VCTOP_UI_VIEW_SAVING_H
#define VCTOP_UI_VIEW_SAVING_H

#include "ui/view/view.h"

/* Writes TEXT[0..LEN), which is WHAT ("312 events"), to PATH; "~/" at its start is the home
 * directory. */
void saving_start(struct ui *ui, const char *path, const char *text, size_t len, const char *what);

/* For the loop: a descriptor that is readable when there is news, -1 without one; when it wants to
 * be called though nothing is readable, INT64_MAX never; and the call, true when it said
 * something. */
int saving_fd(const struct ui *ui);
int64_t saving_due(const struct ui *ui);
bool saving_turn(struct ui *ui);

/* Forgets what is under way: it goes on by itself. */
void saving_end(struct ui *ui);

#endif
