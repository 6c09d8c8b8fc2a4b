/* Options -> which role or front end; nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/apart.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/save.h"
#include "base/text.h"
#include "batch/batch.h"
#include "config/options.h"
#include "config/settings.h"
#include "config/theme.h"
#include "engine/engine.h"
#include "engine/sources.h"
#include "model/listing.h"
#include "ui/app.h"
#include "ui/view/errand.h"
#include "ui/view/preferences.h"
#include "worker/role.h"

#define VERSION "0.1.0"
#define SYSTEM_SETTINGS "/etc/vctop.conf"

enum {
    EXIT_USAGE = 2
};

/* One line on standard error; parts of it may come from anywhere. */
static void complain(const char *text)
{
    CLEANUP_FREE char *safe = text_sanitise(text, strlen(text), 2000);

    fprintf(stderr, "vctop: %s\n", safe);
}

static int fail(int status, const struct error *err)
{
    char text[sizeof(err->message) + sizeof(err->remedy) + 8];

    complain(error_text(err, text, sizeof(text)));
    return status;
}

static void list_columns(void)
{
    static const char *const others[] = {
        [SORT_NAME - METRIC_COUNT] = "name",
        [SORT_KIND - METRIC_COUNT] = "machine or container",
        [SORT_STATE - METRIC_COUNT] = "state",
        [SORT_ADDRESS - METRIC_COUNT] = "IP address",
        [SORT_DISK - METRIC_COUNT] = "read from and written to disk",
        [SORT_NET - METRIC_COUNT] = "received and sent by the guest",
    };

    for (int key = 0; key < SORT_KEY_COUNT; key++)
        printf("%-10s %s\n", sort_key_name(key),
               key < METRIC_COUNT ? metric_info((enum metric)key)->help
                                  : others[key - METRIC_COUNT]);
}

/* Descriptors 0 to 2 are taken, so that nothing else ends up there. */
static void fill_standard_fds(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

static char *program_dir(void)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
    char *slash;

    if (len < 0)
        return xstrdup(".");
    path[len] = '\0';
    slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
    return xstrdup(path);
}

static int check_sort(const struct options *options)
{
    struct error err;

    if (!options->sort || sort_key_from_name(options->sort) != SORT_KEY_COUNT)
        return 0;
    error_set(&err, ERR_USAGE, "vctop -s help lists them", "'%.60s' is no column", options->sort);
    return fail(EXIT_USAGE, &err);
}

/* What is wrong with a filter is shown where it is. */
static int check_filter(const struct options *options)
{
    struct query_error err;
    struct query *query = options->filter ? query_new(options->filter, &err) : NULL;

    if (options->filter && !query) {
        const char *text = options->filter;
        CLEANUP_FREE char *shown = text_sanitise(text, strlen(text), 2000);
        CLEANUP_FREE char *before = text_sanitise(text, err.at, 2000);

        complain(err.message);
        fprintf(stderr, "  -F %s\n     %*s^\n", shown, (int)text_width(before), "");
        return EXIT_USAGE;
    }
    query_free(query);
    return 0;
}

/* A configuration file that was named must work; of another the defaults hold, and the screen or
 * standard error say so. */
static int read_settings(struct options *options)
{
    const struct settings_place place = {.home = getenv("HOME"),
                                         .xdg_config_home = getenv("XDG_CONFIG_HOME"),
                                         .system_file = SYSTEM_SETTINGS,
                                         .as_root = geteuid() == 0};
    struct error err;

    if (settings_read(options, &place, &preferences_words, &err))
        return fail(EXIT_USAGE, &err);
    if (options->batch && options->notice)
        complain(options->notice);
    if (options->home_silent)
        unsetenv("HOME"); /* no library shall look there either, here and in children */
    return 0;
}

/* Batch mode has no use for a theme, but a slip in its name is told, as the screen tells it. */
static void check_theme(const char *name)
{
    struct error err;

    if (theme_is_builtin(name))
        return;
    CLEANUP_FREE char *path = theme_path(name, &err);
    if (!path)
        fail(EXIT_SUCCESS, &err);
}

static int open_debug(const char *path, int *ret)
{
    struct error err;

    *ret = -1;
    if (!path)
        return 0;
    /* O_NONBLOCK: a FIFO that nobody reads must not hold the start up. */
    *ret = open(
        path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600);
    if (*ret < 0) {
        error_errno(&err, errno, "--debug %s", path);
        return fail(EXIT_USAGE, &err);
    }
    log_to(*ret, "screen");
    return 0;
}

static int run(const struct options *options, const struct sources *sources, int debug_fd)
{
    /* First of all that lives on: the spawner shall inherit nothing. */
    int spawner = spawner_start(options->readonly, debug_fd);
    struct engine *engine;
    struct error err;
    int status;

    if (spawner < 0) {
        error_errno(&err, -spawner, "cannot start the spawner");
        return fail(EXIT_FAILURE, &err);
    }
    save_bound(getenv("HOME"), getenv("TMPDIR"));
    preferences_file(options->save_path);
    if (!options->batch && apart_open(errand_works, ERRAND_WORKS, &err) < 0)
        return fail(EXIT_FAILURE, &err);
    /* Both children of this process; should they die, no zombie stays. */
    signal(SIGCHLD, SIG_IGN);
    engine =
        engine_new(spawner, options->readonly, options->period_ns, sources->source, sources->count);
    if (!options->no_agent)
        engine_ask_agents(engine);
    status =
        options->batch ? batch_run(engine, options) : app_run(engine, options, sources->simulated);
    engine_free(engine);
    apart_close();
    return status;
}

static int start(struct options *options)
{
    struct sources sources = {0};
    CLEANUP_FREE char *dir = program_dir();
    CLEANUP_CLOSE int debug_fd = -1;
    struct sources_env env = {.root = "",
                              .home = getenv("HOME"),
                              .runtime_dir = getenv("XDG_RUNTIME_DIR"),
                              .libvirt_uri = getenv("LIBVIRT_DEFAULT_URI"),
                              .program_dir = dir,
                              .is_root = geteuid() == 0};
    const char *no_colour = getenv("NO_COLOR");
    bool theme_named = options->theme != NULL; /* not by a file, which is for the screen */
    struct error err;
    int status;

    if (options->sort && strcmp(options->sort, "help") == 0) {
        list_columns();
        return 0;
    }
    options->no_colour |= no_colour && *no_colour;
    status = check_sort(options);
    if (status == 0)
        status = check_filter(options);
    if (status == 0)
        status = read_settings(options);
    if (status)
        return status;
    if (options->batch && theme_named)
        check_theme(options->theme);
    if (!options->batch && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
        error_set(&err, ERR_USAGE, "use -b to write samples to standard output",
                  "the screen needs a terminal");
        return fail(EXIT_USAGE, &err);
    }
    status = sources_plan(&sources, options, &env, &err);
    if (status)
        return fail(status == ERR_USAGE ? EXIT_USAGE : EXIT_FAILURE, &err);
    status = open_debug(options->debug_file, &debug_fd);
    if (status == 0)
        status = run(options, &sources, debug_fd);
    if (log_trouble()) {
        error_errno(&err, log_trouble(), "lines are missing in %s", options->debug_file);
        complain(err.message);
    }
    sources_clear(&sources);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    struct error err;
    int status;

    if (getuid() != geteuid() || getgid() != getegid()) {
        fputs("vctop: it must not run setuid or setgid (use sudo, or a group of libvirt)\n",
              stderr);
        return EXIT_FAILURE;
    }
    fill_standard_fds();
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* 0.5 is 0.5, in and out */
    if (options_parse(&options, argc, argv, &err))
        return fail(EXIT_USAGE, &err);
    if (options.role) {
        status = role_main(options.role, options.role_source, options.debug_file != NULL,
                           options.readonly);
    } else if (options.help) {
        options_help(stdout);
        status = 0;
    } else if (options.version) {
        puts("vctop " VERSION);
        status = 0;
    } else {
        status = start(&options);
    }
    options_clear(&options);
    return fflush(stdout) || ferror(stdout) ? EXIT_FAILURE : status;
}
