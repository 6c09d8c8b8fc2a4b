#include "backend/libvirt/uri.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/alloc.h"

/* "scheme://host/path?query" taken apart without copying; lengths, not terminators. */
struct parts {
    size_t scheme_len;
    const char *host;
    size_t host_len;
    const char *path;
    size_t path_len;
    const char *query; /* behind '?', or NULL */
};

static bool split(const char *text, struct parts *ret)
{
    const char *colon = strstr(text, "://");
    if (!colon || colon == text)
        return false;
    ret->scheme_len = (size_t)(colon - text);
    ret->host = colon + 3;
    ret->host_len = strcspn(ret->host, "/?#");
    ret->path = ret->host + ret->host_len;
    ret->path_len = strcspn(ret->path, "?#");
    const char *query = strchr(ret->path, '?');
    ret->query = query ? query + 1 : NULL;
    return true;
}

static bool is(const char *text, size_t len, const char *word)
{
    return len == strlen(word) && strncasecmp(text, word, len) == 0;
}

/* ssh would ask for a password on /dev/tty and write over the screen. */
static char *without_prompts(const char *text, const struct parts *parts)
{
    const char *plus = memchr(text, '+', parts->scheme_len);
    size_t rest = plus ? parts->scheme_len - (size_t)(plus - text) : 0;
    if (!plus || !is(plus, rest, "+ssh") || (parts->query && strstr(parts->query, "no_tty=")))
        return xstrdup(text);
    bool has_query = parts->query && *parts->query;
    return xasprintf("%s%sno_tty=1", text, has_query ? "&" : parts->query ? "" : "?");
}

static char *session_dir(void)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (runtime && *runtime)
        return xasprintf("%s/libvirt", runtime);
    const char *cache = getenv("XDG_CACHE_HOME");
    if (cache && *cache)
        return xasprintf("%s/libvirt", cache);
    const char *home = getenv("HOME");
    return xasprintf("%s/.cache/libvirt", home ? home : "");
}

static void set_dirs(struct lv_uri *uri)
{
    /* root has no session of its own: its daemon is the system's. */
    bool own = uri->session && geteuid() != 0;

    uri->pid_dir = own ? session_dir() : xstrdup("/run");
    uri->run_dir = own ? xasprintf("%s/qemu/run", uri->pid_dir) : xstrdup("/run/libvirt/qemu");
}

void lv_uri_init(struct lv_uri *uri, const char *text)
{
    *uri = (struct lv_uri){0};
    if (!text || !*text)
        text = "qemu:///system";
    uri->given = xstrdup(text);

    struct parts parts;
    if (!split(text, &parts)) {
        uri->open = xstrdup(text);
        return;
    }
    uri->open = without_prompts(text, &parts);
    uri->test = is(text, parts.scheme_len, "test");
    uri->containers = parts.scheme_len >= 3 && strncasecmp(text, "lxc", 3) == 0;
    uri->here = parts.host_len == 0 && !uri->test;
    bool qemu = is(text, parts.scheme_len, "qemu") || is(text, parts.scheme_len, "qemu+unix");
    uri->session = qemu && parts.host_len == 0 && is(parts.path, parts.path_len, "/session");
    uri->local_qemu =
        uri->session || (qemu && parts.host_len == 0 && is(parts.path, parts.path_len, "/system"));
    if (uri->local_qemu)
        set_dirs(uri);
}

void lv_uri_clear(struct lv_uri *uri)
{
    free(uri->given);
    free(uri->open);
    free(uri->pid_dir);
    free(uri->run_dir);
    *uri = (struct lv_uri){0};
}
