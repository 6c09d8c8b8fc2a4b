#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A message that was cut must not end within a character, and a library's own message may have
 * lines: one line it becomes. */
static void tidy(char *text, size_t size, int wanted)
{
    size_t len = strlen(text);
    if (wanted >= 0 && (size_t)wanted >= size) {
        size_t start = len;
        while (start > 0 && len - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
            start--;
        if (start > 0 && (unsigned char)text[start - 1] >= 0xc0)
            len = start - 1;
        text[len] = '\0';
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n' || text[i] == '\r' || text[i] == '\t')
            text[i] = ' ';
    }
    while (len > 0 && text[len - 1] == ' ')
        text[--len] = '\0';
}

__attribute__((format(printf, 2, 0))) static void set_message(struct error *err, const char *fmt,
                                                              va_list args)
{
    int wanted = vsnprintf(err->message, sizeof(err->message), fmt, args);
    tidy(err->message, sizeof(err->message), wanted);
}

static void set_remedy(struct error *err, const char *remedy)
{
    int wanted = snprintf(err->remedy, sizeof(err->remedy), "%s", remedy ? remedy : "");
    tidy(err->remedy, sizeof(err->remedy), wanted);
}

int error_set(struct error *err, int code, const char *remedy, const char *fmt, ...)
{
    if (err) {
        /* FMT's arguments may be texts of *ERR itself: a caller that puts words before a cause. */
        struct error made = {.code = code};
        va_list args;
        va_start(args, fmt);
        set_message(&made, fmt, args);
        va_end(args);
        set_remedy(&made, remedy);
        *err = made;
    }
    return code;
}

static int code_of(int errnum)
{
    switch (errnum) {
    case EACCES:
    case EPERM:
    case EROFS:
        return ERR_DENIED;
    case ENOENT:
    case ESRCH:
    case ENODEV:
    case ENXIO:
        return ERR_GONE;
    case ENOSYS:
    case EOPNOTSUPP:
        return ERR_UNSUPPORTED;
    case EBUSY:
    case ETXTBSY:
        return ERR_BUSY;
    case ETIMEDOUT:
    case ETIME:
        return ERR_TIMEOUT;
    case EPIPE:
    case ECONNRESET:
    case ECONNREFUSED:
    case ECONNABORTED:
    case ENOTCONN:
        return ERR_LOST;
    default:
        return ERR_IO;
    }
}

int error_errno(struct error *err, int errnum, const char *fmt, ...)
{
    if (errnum < 0)
        errnum = -errnum;
    int code = code_of(errnum);
    if (err) {
        struct error made = {.code = code};
        va_list args;
        va_start(args, fmt);
        set_message(&made, fmt, args);
        va_end(args);

        char why[128];
        const char *words = strerror_r(errnum, why, sizeof(why));
        size_t len = strlen(made.message);
        int wanted = snprintf(made.message + len, sizeof(made.message) - len, ": %s", words);
        tidy(made.message, sizeof(made.message), (int)len + wanted);
        *err = made;
    }
    return code;
}

const char *error_text(const struct error *err, char *buf, size_t size)
{
    if (size == 0)
        return buf;
    int wanted = err->remedy[0] ? snprintf(buf, size, "%s (%s)", err->message, err->remedy)
                                : snprintf(buf, size, "%s", err->message);
    tidy(buf, size, wanted);
    return buf;
}
