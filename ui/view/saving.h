/* A text written to a file while the screen goes on, and what comes of it in the status line. */
#ifndef VCTOP_UI_VIEW_SAVING_H
#define VCTOP_UI_VIEW_SAVING_H

#include "base/apart.h"
#include "ui/view/view.h"

extern const struct apart_work saving_work;

/* PATH, where "~/" at its start is the home directory; the caller's to free. */
char *saving_path(const char *path);

/* Writes TEXT[0..LEN), which is WHAT ("312 events"), to PATH in an errand; "~/" at its start is the
 * home directory. */
void saving_start(struct ui *ui, const char *path, const char *text, size_t len, const char *what);

#endif
