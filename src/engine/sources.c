#include "engine/sources.h"

#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"

#define LXC_CONF_BYTES_MAX (64 * 1024)

static void add(struct sources *sources, char *id, char *spec, bool explicit_)
{
    for (size_t i = 0; i < sources->count; i++) {
        if (strcmp(sources->source[i].id, id) == 0) {
            free(id); /* named twice: it is watched once */
            free(spec);
            return;
        }
    }
    sources->source = xrealloc(sources->source, sources->count + 1, sizeof(*sources->source));
    sources->source[sources->count++] =
        (struct engine_source){.id = id, .spec = spec, .explicit_ = explicit_};
}

static bool exists(const struct sources_env *env, const char *path)
{
    CLEANUP_FREE char *whole = xasprintf("%s%s", env->root, path);

    return access(whole, F_OK) == 0;
}

static bool is_directory(const struct sources_env *env, const char *path)
{
    CLEANUP_FREE char *whole = xasprintf("%s%s", env->root, path);
    struct stat st;

    return stat(whole, &st) == 0 && S_ISDIR(st.st_mode);
}

/* backend-NAME.so lies where a build or an installation puts it. */
static bool has_module(const struct sources_env *env, const char *name)
{
    static const char *const places[] = {".", "../lib*/vctop", "../lib*/*/vctop"};

    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        CLEANUP_FREE char *pattern =
            xasprintf("%s/%s/backend-%s.so", env->program_dir, places[i], name);
        glob_t found = {0};
        bool there = glob(pattern, GLOB_NOSORT, NULL, &found) == 0 && found.gl_pathc > 0;

        globfree(&found);
        if (there)
            return true;
    }
    return false;
}

static bool has_session_socket(const struct sources_env *env)
{
    CLEANUP_FREE char *old = NULL;
    CLEANUP_FREE char *modular = NULL;

    if (!env->runtime_dir || env->runtime_dir[0] != '/')
        return false;
    old = xasprintf("%s/libvirt/libvirt-sock", env->runtime_dir);
    modular = xasprintf("%s/libvirt/virtqemud-sock", env->runtime_dir);
    return exists(env, old) || exists(env, modular);
}

/* Returns whether there is something to see there. */
static bool plan_libvirt(struct sources *sources, const struct options *options,
                         const struct sources_env *env)
{
    bool named = options_backend_named(options, "libvirt");
    bool module = has_module(env, "libvirt");
    bool here =
        exists(env, "/run/libvirt/libvirt-sock") || exists(env, "/run/libvirt/virtqemud-sock");

    if (options->backends && !named)
        return false;
    for (size_t i = 0; i < options->uri_count; i++)
        add(sources, xasprintf("libvirt:%s", options->uris[i]), NULL, true);
    if (options->uri_count > 0)
        return true;
    if (!named && !module)
        return false;
    if (env->libvirt_uri && *env->libvirt_uri) {
        add(sources, xasprintf("libvirt:%s", env->libvirt_uri), NULL, named);
        return true;
    }
    add(sources, xstrdup("libvirt:qemu:///system"), NULL, named);
    if (!env->is_root && has_session_socket(env)) {
        add(sources, xstrdup("libvirt:qemu:///session"), NULL, false);
        here = true;
    }
    return named || here;
}

/* lxc.lxcpath out of an lxc.conf: "key = value" lines.  NULL when it says none; the caller frees.
 */
static char *lxcpath_from(const struct sources_env *env, const char *file)
{
    CLEANUP_FREE char *path = xasprintf("%s%s", env->root, file);
    CLEANUP_FREE char *text = NULL;
    char *save = NULL, *ret = NULL;

    if (io_read_regular(AT_FDCWD, path, LXC_CONF_BYTES_MAX, &text) < 0)
        return NULL;
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        static const char key[] = "lxc.lxcpath";
        size_t len;

        line += strspn(line, " \t");
        if (strncmp(line, key, sizeof(key) - 1) != 0)
            continue;
        line += sizeof(key) - 1;
        line += strspn(line, " \t");
        if (*line++ != '=')
            continue;
        line += strspn(line, " \t");
        len = strcspn(line, "\r");
        while (len > 0 && strchr(" \t", line[len - 1]))
            len--;
        if (*line == '/') {
            free(ret);
            ret = xstrndup(line, len);
        }
    }
    return ret;
}

static char *default_lxcpath(const struct sources_env *env)
{
    CLEANUP_FREE char *file = NULL;
    char *path;

    if (env->is_root) {
        path = lxcpath_from(env, "/etc/lxc/lxc.conf");
        return path ? path : xstrdup("/var/lib/lxc");
    }
    if (!env->home || env->home[0] != '/')
        return NULL;
    file = xasprintf("%s/.config/lxc/lxc.conf", env->home);
    path = lxcpath_from(env, file);
    return path ? path : xasprintf("%s/.local/share/lxc", env->home);
}

/* Absolute and without a final slash: one directory has one id.  Takes PATH over. */
static char *tidy_path(char *path)
{
    size_t len;

    if (path[0] != '/') {
        CLEANUP_FREE char *relative = path;
        CLEANUP_FREE char *here = getcwd(NULL, 0);
        path = xasprintf("%s/%s", here ? here : "", relative);
    }
    len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        path[--len] = '\0';
    return path;
}

static bool plan_lxc(struct sources *sources, const struct options *options,
                     const struct sources_env *env)
{
    bool named = options_backend_named(options, "lxc");
    bool here;
    char *path;

    if (options->backends && !named)
        return false;
    for (size_t i = 0; i < options->lxcpath_count; i++) {
        CLEANUP_FREE char *tidy = tidy_path(xstrdup(options->lxcpaths[i]));
        add(sources, xasprintf("lxc:%s", tidy), NULL, true);
    }
    if (options->lxcpath_count > 0)
        return true;
    if (!named && !has_module(env, "lxc"))
        return false;
    path = default_lxcpath(env);
    if (!path)
        return false;
    path = tidy_path(path);
    here = is_directory(env, path);
    add(sources, xasprintf("lxc:%s", path), NULL, named);
    free(path);
    return named || here;
}

/* A QEMU runs here, as far as its name tells. */
static bool runs_qemu(const struct sources_env *env)
{
    CLEANUP_FREE char *pattern = xasprintf("%s/proc/[0-9]*/comm", env->root);
    char name[32];
    glob_t found = {0};
    bool ret = false;

    glob(pattern, GLOB_NOSORT, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc && !ret; i++)
        ret = io_read_file(AT_FDCWD, found.gl_pathv[i], name, sizeof(name)) > 0 &&
              (strncmp(name, "qemu-", 5) == 0 || strcmp(name, "kvm\n") == 0);
    globfree(&found);
    return ret;
}

/* Why there is nothing real to show. */
static char *why_nothing(const struct sources_env *env)
{
    bool libvirt = has_module(env, "libvirt"), lxc = has_module(env, "lxc");

    return xasprintf("%s, and %s",
                     libvirt ? "no libvirt daemon runs here" : "vctop was built without libvirt",
                     lxc ? "there is no directory of LXC containers" : "without LXC");
}

static void plan_simulated(struct sources *sources, const struct options *options)
{
    add(sources, xstrdup("sim"), options->sim_spec ? xasprintf("sim:%s", options->sim_spec) : NULL,
        options->sim);
}

int sources_plan(struct sources *ret, const struct options *options, const struct sources_env *env,
                 struct error *err)
{
    struct sources sources = {0};
    bool named = options->backends || options->uri_count || options->lxcpath_count;
    bool reachable;

    if (options->sim) {
        plan_simulated(&sources, options);
        *ret = sources;
        return 0;
    }
    if (!options->backends || options_backend_named(options, "host"))
        add(&sources, xstrdup("host"), NULL, options_backend_named(options, "host"));
    reachable = plan_libvirt(&sources, options, env);
    reachable |= plan_lxc(&sources, options, env);
    if (!options->backends || options_backend_named(options, "proc"))
        add(&sources, xstrdup("proc"), NULL, options_backend_named(options, "proc"));
    if (!reachable && !named && !runs_qemu(env)) {
        char *why = why_nothing(env);
        sources_clear(&sources);
        if (options->batch) {
            int code = error_set(err, ERR_UNSUPPORTED,
                                 "start libvirtd, name a source with -c or -P, or use --sim",
                                 "nothing to sample: %s", why);
            free(why);
            return code;
        }
        plan_simulated(&sources, options);
        sources.simulated = why;
    }
    if (sources.count == 0)
        return error_set(err, ERR_USAGE, "name a source with -c or -P", "nothing to look at");
    *ret = sources;
    return 0;
}

void sources_clear(struct sources *sources)
{
    for (size_t i = 0; i < sources->count; i++) {
        free((char *)sources->source[i].id);
        free((char *)sources->source[i].spec);
    }
    free(sources->source);
    free(sources->simulated);
    *sources = (struct sources){0};
}
