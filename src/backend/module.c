#include "backend/module.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* NAME.so beside the program (a build tree), else where it was to be installed. */
static void module_path(const char *name, char *path, size_t size)
{
    char exe[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

    if (len > 0) {
        exe[len] = '\0';
        char *slash = strrchr(exe, '/');
        if (slash) {
            *slash = '\0';
            int n = snprintf(path, size, "%s/%s.so", exe, name);
            if (n > 0 && (size_t)n < size && access(path, R_OK) == 0)
                return;
        }
    }
    snprintf(path, size, "%s/%s.so", MODULE_DIR, name);
}

int module_symbol(const char *name, const char *symbol, const char *what, const char *remedy,
                  const void **ret, struct error *err)
{
    char path[PATH_MAX];
    const void *found;
    void *handle;

    module_path(name, path, sizeof(path));
    if (access(path, F_OK) != 0)
        return error_set(err, ERR_UNSUPPORTED, remedy, "vctop has no %s module here", what);
    /* Never closed: libraries leave threads and handlers behind that outlive their users. */
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    found = handle ? dlsym(handle, symbol) : NULL;
    if (!found) {
        const char *why = dlerror();
        return error_set(err, ERR_UNSUPPORTED, remedy, "the %s module does not load: %s", what,
                         why ? why : "no such symbol");
    }
    *ret = found;
    return 0;
}
