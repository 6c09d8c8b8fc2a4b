/* What may wait for a file system: done in a thread of its own, so that the screen goes on when a
 * home directory lies on a server that does not answer.  One at a time. */
#ifndef VCTOP_UI_VIEW_ERRAND_H
#define VCTOP_UI_VIEW_ERRAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ui;
struct errand;

struct errand *errand_new(void);
/* Waits at most a second for what is under way and finishes it; what hangs is left behind. */
void errand_end(struct ui *ui);

/* Readable when errand_finish() has something to do; -1: never. */
int errand_fd(const struct errand *errand);

/* WORK(DATA) in a thread, which touches nothing else, then DONE(ui, DATA) from errand_finish(),
 * which takes DATA.  WHAT is said when it takes long ("saving /home/x": copied).  False, with a
 * word on the status line and DATA still the caller's, while another one is under way. */
bool errand_run(struct ui *ui, const char *what, void (*work)(void *data),
                void (*done)(struct ui *ui, void *data), void *data);
bool errand_is_busy(const struct errand *errand);

/* In the loop: calls DONE of what has ended.  True when it did. */
bool errand_finish(struct ui *ui);

/* It has been under way for a while: what, and for how long. */
bool errand_is_slow(const struct errand *errand, int64_t now_ns, char *dst, size_t size);

#endif
