#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "config/theme.h"

#define THEMES_MAX 200 /* of one folder: more is no choice */

/* The folders of themes, the first that has a name wins; NULL: not to be found. */
static char *folder_of_user(void)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

    if (config && config[0] == '/')
        return xasprintf("%s/vctop/themes", config);
    return home && home[0] == '/' ? xasprintf("%s/.config/vctop/themes", home) : NULL;
}

/* A program run from its build folder finds the themes beside it. */
static char *folder_of_checkout(void)
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
    return xasprintf("%s/../themes", self);
}

static char *folder_of_system(void)
{
    return xstrdup(THEME_DIR);
}

static char *(*const folders[])(void) = {folder_of_user, folder_of_checkout, folder_of_system};

static bool is_name(const char *name, size_t len)
{
    static const char ALLOWED[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    return len > 0 && len <= 40 && strspn(name, ALLOWED) >= len;
}

bool theme_is_builtin(const char *name)
{
    return !name || strcmp(name, "default") == 0;
}

/* It may be a slip in the name, or a file in another place than one thought. */
static void say_none(struct error *err, const char *name)
{
    char places[sizeof(err->remedy)] = "";
    size_t len = 0;

    for (size_t i = 0; i < ARRAY_SIZE(folders) && len < sizeof(places); i++) {
        CLEANUP_FREE char *folder = folders[i]();
        if (folder)
            len += (size_t)snprintf(places + len, sizeof(places) - len, "%s%s",
                                    len ? ", " : "looked for in ", folder);
    }
    error_set(err, ERR_USAGE, places, "there is no theme '%.40s'", name);
}

char *theme_path(const char *name, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(folders) && is_name(name, strlen(name)); i++) {
        CLEANUP_FREE char *folder = folders[i]();
        CLEANUP_FREE char *path = folder ? xasprintf("%s/%s.cfg", folder, name) : NULL;

        if (path && access(path, F_OK) == 0)
            return move_ptr(&path);
    }
    say_none(err, name);
    return NULL;
}

static bool has(const struct text_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], name) == 0)
            return true;
    return false;
}

static void list_folder(struct text_list *ret, const char *folder)
{
    CLEANUP_CLOSEDIR DIR *dir = opendir(folder);
    const struct dirent *entry;

    for (int i = 0; dir && i < THEMES_MAX && (entry = readdir(dir)); i++) {
        size_t len = strlen(entry->d_name);
        if (len <= 4 || strcmp(entry->d_name + len - 4, ".cfg") != 0 ||
            !is_name(entry->d_name, len - 4))
            continue;
        CLEANUP_FREE char *name = xstrndup(entry->d_name, len - 4);
        if (!has(ret, name))
            text_list_add(ret, name);
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void theme_list(struct text_list *ret)
{
    *ret = (struct text_list){0};
    text_list_add(ret, "default");
    for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
        CLEANUP_FREE char *folder = folders[i]();
        if (folder)
            list_folder(ret, folder);
    }
    qsort(ret->items + 1, ret->count - 1, sizeof(*ret->items), by_name);
}
