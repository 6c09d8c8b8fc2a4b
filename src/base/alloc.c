#include "base/alloc.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GIVE_BACK_NS INT64_C(60000000000)

static void (*restore_hook)(void);

void alloc_on_failure(void (*restore)(void))
{
    restore_hook = restore;
}

/* _exit, because handlers of exit() would want memory too. */
static _Noreturn void out_of_memory(void)
{
    static const char message[] = "vctop: out of memory\n";

    void (*restore)(void) = restore_hook;
    restore_hook = NULL;
    if (restore)
        restore();
    ssize_t written = write(STDERR_FILENO, message, sizeof(message) - 1);
    (void)written;
    _exit(1);
}

void *xmalloc(size_t size)
{
    void *ptr = malloc(size ? size : 1);
    if (!ptr)
        out_of_memory();
    return ptr;
}

void *xcalloc(size_t count, size_t size)
{
    void *ptr = calloc(count ? count : 1, size ? size : 1);
    if (!ptr)
        out_of_memory();
    return ptr;
}

void *xrealloc(void *ptr, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        out_of_memory();
    void *grown = realloc(ptr, bytes ? bytes : 1);
    if (!grown)
        out_of_memory();
    return grown;
}

char *xstrdup(const char *text)
{
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    return memcpy(xmalloc(size), text, size);
}

char *xstrndup(const char *text, size_t len)
{
    if (!text)
        return NULL;
    len = strnlen(text, len);
    char *copy = xmalloc(len + 1);
    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *xasprintf(const char *fmt, ...)
{
    char *text;
    va_list args;
    va_start(args, fmt);
    int len = vasprintf(&text, fmt, args);
    va_end(args);
    if (len < 0)
        out_of_memory();
    return text;
}

int xreplace(char **slot, const char *text)
{
    if (*slot == text || (*slot && text && strcmp(*slot, text) == 0))
        return 0;
    char *copy = xstrdup(text); /* TEXT may lie inside what is freed next */
    free(*slot);
    *slot = copy;
    return 1;
}

void alloc_give_back(int64_t now_ns)
{
    static int64_t last_ns;

    if (!last_ns)
        last_ns = now_ns;
    if (now_ns - last_ns < GIVE_BACK_NS)
        return;
    last_ns = now_ns;
    malloc_trim(0);
}
