/* What went wrong, in words for an operator: the one error convention of the project. */
#ifndef VCTOP_BASE_ERROR_H
#define VCTOP_BASE_ERROR_H

#include <stddef.h>

/* Codes are negative; functions that can fail return 0 or one of them and leave outputs alone. */
enum error_code {
    ERR_IO = -1,          /* a read, write or open failed */
    ERR_SYNTAX = -2,      /* input that cannot be parsed */
    ERR_USAGE = -3,       /* the caller or the command line asked for nonsense */
    ERR_GONE = -4,        /* the guest, source or process is not there any more */
    ERR_DENIED = -5,      /* not permitted */
    ERR_UNSUPPORTED = -6, /* this backend cannot */
    ERR_BUSY = -7,        /* somebody else holds it */
    ERR_TIMEOUT = -8,     /* a deadline passed */
    ERR_LOST = -9,        /* the connection to a daemon or child is gone */
    ERR_CHANGED = -10,    /* identity check failed: not the guest that was meant */
    ERR_INTERNAL = -11,   /* a bug of ours */
    ERR_BARRED = -12      /* not permitted, nor is anything else in the same place */
};

/* Plain value: copy freely, nothing to release.  Texts may hold foreign bytes (a library's own
 * message): they are sanitised when they enter the screen process, not here. */
struct error {
    int code;
    char message[320]; /* one sentence, no newline, no final stop */
    char remedy[200];  /* what to do about it; "" when there is nothing to say */
};

/* Fills ERR (NULL is fine) and returns CODE, so that `return error_set(...)` reads well.
 * REMEDY may be NULL. */
int error_set(struct error *err, int code, const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* "message: strerror(ERRNUM)" with the code that fits ERRNUM (EACCES -> ERR_DENIED, ...). */
int error_errno(struct error *err, int errnum, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* "message (remedy)" or "message" into BUF; returns BUF. */
const char *error_text(const struct error *err, char *buf, size_t size);

#endif
