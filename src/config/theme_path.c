#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "config/theme.h"

static char *existing(char *path)
{
    if (access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

static char *in_home(const char *name)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (config && config[0] == '/')
        return existing(xasprintf("%s/vctop/themes/%s.cfg", config, name));
    if (home && home[0] == '/')
        return existing(xasprintf("%s/.config/vctop/themes/%s.cfg", home, name));
    return NULL;
}

/* A program run from its build folder finds the themes beside it. */
static char *in_checkout(const char *name)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len <= 0)
        return NULL;
    self[len] = '\0';
    char *slash = strrchr(self, '/');
    if (!slash)
        return NULL;
    *slash = '\0';
    return existing(xasprintf("%s/../themes/%s.cfg", self, name));
}

char *theme_path(const char *name, struct error *err)
{
    static const char ALLOWED[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    char *path = NULL;
    if (*name && name[strspn(name, ALLOWED)] == '\0') {
        path = in_home(name);
        if (!path)
            path = in_checkout(name);
        if (!path)
            path = existing(xasprintf("%s/%s.cfg", THEME_DIR, name));
    }
    if (!path)
        error_set(err, ERR_USAGE, "themes are files NAME.cfg in ~/.config/vctop/themes",
                  "there is no theme '%.40s'", name);
    return path;
}
