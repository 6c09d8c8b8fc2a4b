/* What a daemon's events say, in an operator's words.  Names of devices and paths come from outside
 * and stay raw: the model makes them fit for the screen. */
#ifndef VCTOP_BACKEND_LIBVIRT_EVENT_WORDS_H
#define VCTOP_BACKEND_LIBVIRT_EVENT_WORDS_H

#include <libvirt/libvirt.h>
#include <stdbool.h>

#include "model/event.h"

#define LV_REMARK_MAX 160

/* Something worth a line in the event log; text "": it is not. */
struct lv_words {
    char text[LV_REMARK_MAX];
    char topic[LV_REMARK_MAX]; /* see struct news */
    enum event_grade grade;
    bool echoes; /* the daemon may say one of them several times in a row */
};

/* Names may be NULL.  Detail, action, state, reason, status: libvirt's, of the same event. */
struct lv_words lv_words_lifecycle(int event, int detail);
struct lv_words lv_words_watchdog(int action);
struct lv_words lv_words_io_error(const char *alias, int action, const char *reason);
struct lv_words lv_words_balloon(unsigned long long kib);
/* WHAT: "added", "removed", "could not be removed". */
struct lv_words lv_words_device(const char *alias, const char *what, enum event_grade grade);
struct lv_words lv_words_agent(int state, int reason);
struct lv_words lv_words_tray(const char *alias, int reason);
/* MISSING: the image that was not there at a start. */
struct lv_words lv_words_medium(const char *alias, const char *missing, int reason);
/* In bytes. */
struct lv_words lv_words_threshold(const char *disk, unsigned long long threshold,
                                   unsigned long long excess);
struct lv_words lv_words_block_job(const char *disk, int type, int status);
struct lv_words lv_words_job(virTypedParameterPtr params, int count);
/* Pinning, shares and limits, of CPUs and disks. */
struct lv_words lv_words_tunable(virTypedParameterPtr params, int count);
bool lv_tunable_is_pinning(virTypedParameterPtr params, int count);
struct lv_words lv_words_memory_failure(int recipient, int action);

#endif
