/* Builds that a sanitizer watches: what it cannot see or do by itself.  In others nothing. */
#ifndef VCTOP_BASE_WATCHED_H
#define VCTOP_BASE_WATCHED_H

#ifdef __has_feature
#define WATCHED_FEATURE(feature) __has_feature(feature)
#else
#define WATCHED_FEATURE(feature) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || WATCHED_FEATURE(address_sanitizer)
#define WATCHED_LEAKS 1
#else
#define WATCHED_LEAKS 0
#endif

#if WATCHED_LEAKS || defined(__SANITIZE_THREAD__) || WATCHED_FEATURE(thread_sanitizer)
#define WATCHED 1
#else
#define WATCHED 0
#endif

#if WATCHED_LEAKS
#include <sanitizer/lsan_interface.h>
#endif

/* Reports what nothing points to any more.  For processes that are killed or end by _exit(), which
 * the leak detector does not see; what is to be reported by then must not have lost its owner. */
static inline void watched_look_for_leaks(void)
{
#if WATCHED_LEAKS
    __lsan_do_recoverable_leak_check();
#endif
}

#endif
