#include "config/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "config/value.h"

#define TRY_HELP "try: vctop --help"
#define SOURCE_BYTES_MAX 1000 /* what fits a request to the spawner, "libvirt:" included */

enum long_option {
    OPT_BACKEND = 256,
    OPT_READONLY,
    OPT_DETACH_KEY,
    OPT_SIM,
    OPT_THEME,
    OPT_CONFIG,
    OPT_NO_CONFIG,
    OPT_DEBUG,
    OPT_ROLE
};

static const struct option long_options[] = {
    {"connect", required_argument, NULL, 'c'},
    {"lxcpath", required_argument, NULL, 'P'},
    {"backend", required_argument, NULL, OPT_BACKEND},
    {"delay", required_argument, NULL, 'd'},
    {"readonly", no_argument, NULL, OPT_READONLY},
    {"detach-key", required_argument, NULL, OPT_DETACH_KEY},
    {"sort", required_argument, NULL, 's'},
    {"reverse", no_argument, NULL, 'r'},
    {"filter", required_argument, NULL, 'F'},
    {"batch", no_argument, NULL, 'b'},
    {"iterations", required_argument, NULL, 'n'},
    {"output", required_argument, NULL, 'o'},
    {"sim", optional_argument, NULL, OPT_SIM},
    {"theme", required_argument, NULL, OPT_THEME},
    {"no-colour", no_argument, NULL, 'C'},
    {"no-color", no_argument, NULL, 'C'},
    {"ascii", no_argument, NULL, 'U'},
    {"no-mouse", no_argument, NULL, 'M'},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"no-config", no_argument, NULL, OPT_NO_CONFIG},
    {"debug", required_argument, NULL, OPT_DEBUG},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {"role", required_argument, NULL, OPT_ROLE},
    {NULL, 0, NULL, 0},
};

void options_help(FILE *out)
{
    fputs("Usage: vctop [OPTION]...\n"
          "Shows and runs the libvirt machines and LXC containers of this host.\n"
          "\n"
          "What to look at:\n"
          "  -c, --connect URI     a libvirt to connect to; may be repeated\n"
          "                        (default: $LIBVIRT_DEFAULT_URI, else qemu:///system)\n"
          "  -P, --lxcpath PATH    a directory of LXC containers; may be repeated\n"
          "                        (default: the system's lxc.lxcpath)\n"
          "      --backend LIST    only these, with commas: libvirt, lxc, host,\n"
          "                        proc, sim\n"
          "      --sim[=SPEC]      a simulated host instead of the real one\n"
          "  -F, --filter FILTER   only guests that match: web, 'cpu>80 & kind=ct'\n"
          "  -s, --sort COLUMN     sort by COLUMN; '-s help' lists them\n"
          "  -r, --reverse         sort the other way round\n"
          "  -d, --delay SECONDS   between two samples: 0.2 to 3600, default 2\n"
          "\n"
          "The screen:\n"
          "      --readonly        refuse everything that changes a guest\n"
          "      --detach-key KEY  leaves a guest's console: ^] (default), ^a, ...\n"
          "      --theme NAME      colours: default, light, monochrome, solarized,\n"
          "                        high-contrast, or one of your own\n"
          "  -C, --no-colour       no colour (also $NO_COLOR)\n"
          "  -U, --ascii           only ASCII characters\n"
          "  -M, --no-mouse        leave the mouse to the terminal\n"
          "\n"
          "Without a screen:\n"
          "  -b, --batch           write samples to standard output\n"
          "  -n, --iterations N    end after N samples (default: never)\n"
          "  -o, --output FORMAT   text (default), csv, or json: one object a line\n"
          "\n"
          "Others:\n"
          "      --config FILE     read and save this instead of\n"
          "                        ~/.config/vctop/vctop.conf over /etc/vctop.conf\n"
          "      --no-config       read no configuration file\n"
          "      --debug FILE      append diagnostics to FILE\n"
          "  -h, --help            this text\n"
          "  -V, --version         the version\n"
          "\n"
          "Exit status: 0 done; 1 a source that was named failed, or nothing could be\n"
          "sampled; 2 usage; 3 with -b -F: nothing matched; 128+N ended by signal N.\n"
          "More: man vctop\n",
          out);
}

static void push(char ***list, size_t *count, const char *text)
{
    *list = xrealloc(*list, *count + 1, sizeof(**list));
    (*list)[(*count)++] = xstrdup(text);
}

void text_list_add(struct text_list *list, const char *text)
{
    push(&list->items, &list->count, text);
}

void text_list_clear(struct text_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct text_list){0};
}

void key_settings_free(struct key_setting *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(keys[i].command);
        text_list_clear(&keys[i].keys);
    }
    free(keys);
}

static int add_source(char ***list, size_t *count, const char *what, const char *text,
                      struct error *err)
{
    if (!*text)
        return error_set(err, ERR_USAGE, TRY_HELP, "%s needs a value that is not empty", what);
    if (strlen(text) > SOURCE_BYTES_MAX)
        return error_set(err, ERR_USAGE, NULL, "the value of %s is longer than %d bytes", what,
                         SOURCE_BYTES_MAX);
    push(list, count, text);
    return 0;
}

static int check_backends(const char *list, struct error *err)
{
    static const char *const known[] = {"libvirt", "lxc", "host", "proc", "sim"};

    for (const char *at = list;; at++) {
        size_t len = strcspn(at, ",");
        bool found = false;

        for (size_t i = 0; i < ARRAY_SIZE(known); i++)
            found |= strlen(known[i]) == len && strncmp(at, known[i], len) == 0;
        if (!found)
            return error_set(err, ERR_USAGE, "known are: libvirt, lxc, host, proc, sim",
                             "--backend: '%.*s' is no backend", (int)(len < 100 ? len : 100), at);
        at += len;
        if (!*at)
            return 0;
    }
}

static int parse_iterations(const char *text, long *ret, struct error *err)
{
    char *end;
    long value;

    errno = 0;
    value = strtol(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end || errno || value < 1)
        return error_set(err, ERR_USAGE, "leave -n out to go on for ever",
                         "-n needs a whole number from 1, not '%.60s'", text);
    *ret = value;
    return 0;
}

static int parse_format(const char *text, enum output_format *ret, struct error *err)
{
    static const char *const names[] = {
        [OUTPUT_TEXT] = "text", [OUTPUT_CSV] = "csv", [OUTPUT_JSON] = "json"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strcmp(text, names[i]) == 0) {
            *ret = (enum output_format)i;
            return 0;
        }
    }
    return error_set(err, ERR_USAGE, NULL, "-o needs text, csv or json, not '%.60s'", text);
}

/* What getopt did not like, in one line. */
static int complain(int argc, char **argv, struct error *err)
{
    const char *word = optind > 0 && optind <= argc ? argv[optind - 1] : "";

    if (strncmp(word, "--", 2) == 0)
        return optopt ? error_set(err, ERR_USAGE, TRY_HELP, "option '%.60s' takes no value", word)
                      : error_set(err, ERR_USAGE, TRY_HELP, "unknown option '%.60s'", word);
    return error_set(err, ERR_USAGE, TRY_HELP, "unknown option '-%c'", optopt);
}

/* What decides what is looked at and how it is written. */
static int take_source_option(struct options *o, int code, const char *arg, struct error *err)
{
    switch (code) {
    case 'c':
        return add_source(&o->uris, &o->uri_count, "-c", arg, err);
    case 'P':
        return add_source(&o->lxcpaths, &o->lxcpath_count, "-P", arg, err);
    case OPT_BACKEND:
        xreplace(&o->backends, arg);
        return check_backends(arg, err);
    case OPT_SIM:
        if (arg && strlen(arg) > SOURCE_BYTES_MAX)
            return error_set(err, ERR_USAGE, NULL, "the value of --sim is too long");
        o->sim = true;
        xreplace(&o->sim_spec, arg);
        return 0;
    case 'd':
        o->period_given = true;
        return value_parse_delay(arg, &o->period_ns, err);
    case 'n':
        return parse_iterations(arg, &o->iterations, err);
    case 'o':
        o->format_given = true;
        return parse_format(arg, &o->format, err);
    case OPT_DETACH_KEY:
        xreplace(&o->detach_key, arg);
        return value_check_detach_key(arg, err);
    default:
        return error_set(err, ERR_INTERNAL, NULL, "option %d has no meaning", code);
    }
}

static int take_option(struct options *o, int code, const char *arg, struct error *err)
{
    switch (code) {
    case OPT_READONLY:
        o->readonly = true;
        break;
    case 's':
        xreplace(&o->sort, arg);
        break;
    case 'r':
        o->inverted = true;
        break;
    case 'F':
        xreplace(&o->filter, arg);
        break;
    case 'b':
        o->batch = true;
        break;
    case OPT_THEME:
        if (!*arg)
            return error_set(err, ERR_USAGE, TRY_HELP, "--theme needs a value that is not empty");
        xreplace(&o->theme, arg);
        break;
    case 'C':
        o->no_colour = true;
        break;
    case 'U':
        o->ascii = true;
        break;
    case 'M':
        o->no_mouse = true;
        break;
    case OPT_CONFIG:
        xreplace(&o->config_file, arg);
        break;
    case OPT_NO_CONFIG:
        o->no_config = true;
        break;
    case OPT_DEBUG:
        xreplace(&o->debug_file, arg);
        break;
    case 'h':
        o->help = true;
        break;
    case 'V':
        o->version = true;
        break;
    case OPT_ROLE:
        xreplace(&o->role, arg);
        break;
    default:
        return take_source_option(o, code, arg, err);
    }
    return 0;
}

bool options_backend_named(const struct options *options, const char *name)
{
    size_t len = strlen(name);

    if (!options->backends)
        return false;
    for (const char *at = options->backends;; at++) {
        size_t word = strcspn(at, ",");
        if (word == len && strncmp(at, name, len) == 0)
            return true;
        at += word;
        if (!*at)
            return false;
    }
}

/* What is wrong only in company. */
static int check_together(struct options *o, struct error *err)
{
    bool sim_named = options_backend_named(o, "sim");

    if (sim_named && strcmp(o->backends, "sim") != 0)
        return error_set(err, ERR_USAGE, NULL,
                         "--backend: sim stands alone, the simulated host has no real sources");
    if (o->sim && o->backends && !sim_named)
        return error_set(err, ERR_USAGE, "leave one of them out",
                         "--sim and --backend %.60s exclude each other", o->backends);
    o->sim |= sim_named;
    if (o->sim && (o->uri_count || o->lxcpath_count))
        return error_set(err, ERR_USAGE, "leave -c and -P out",
                         "the simulated host has no real sources");
    if (o->backends && o->uri_count && !options_backend_named(o, "libvirt"))
        return error_set(err, ERR_USAGE, NULL, "-c needs libvirt in --backend");
    if (o->backends && o->lxcpath_count && !options_backend_named(o, "lxc"))
        return error_set(err, ERR_USAGE, NULL, "-P needs lxc in --backend");
    if (!o->batch && o->iterations)
        return error_set(err, ERR_USAGE, "add -b", "-n has a meaning only in batch mode");
    if (!o->batch && o->format_given)
        return error_set(err, ERR_USAGE, "add -b", "-o has a meaning only in batch mode");
    if (o->no_config && o->config_file)
        return error_set(err, ERR_USAGE, "leave one of them out",
                         "--config and --no-config exclude each other");
    return 0;
}

int options_parse(struct options *options, int argc, char **argv, struct error *err)
{
    int code, ret = 0;

    *options = (struct options){.period_ns = 2 * NS_PER_S};
    optind = 0; /* GNU: start over, for tests parse many lines */
    opterr = 0;
    while ((code = getopt_long(argc, argv, ":c:P:d:s:rF:bn:o:CUMhV", long_options, NULL)) != -1) {
        if (code == ':')
            ret = error_set(err, ERR_USAGE, TRY_HELP, "option '%.60s' needs a value",
                            argv[optind - 1]);
        else if (code == '?')
            ret = complain(argc, argv, err);
        else
            ret = take_option(options, code, optarg, err);
        if (ret)
            goto fail;
    }
    if (options->role && optind + 1 == argc)
        options->role_source = xstrdup(argv[optind++]);
    if (optind < argc) {
        ret = error_set(err, ERR_USAGE, TRY_HELP, "unexpected argument '%.60s'", argv[optind]);
        goto fail;
    }
    if (options->role && !options->role_source) {
        ret = error_set(err, ERR_USAGE, TRY_HELP, "--role needs a source");
        goto fail;
    }
    ret = check_together(options, err);
    if (ret == 0)
        return 0;

fail:
    options_clear(options);
    return ret;
}

void options_clear(struct options *options)
{
    for (size_t i = 0; i < options->uri_count; i++)
        free(options->uris[i]);
    for (size_t i = 0; i < options->lxcpath_count; i++)
        free(options->lxcpaths[i]);
    free(options->uris);
    free(options->lxcpaths);
    free(options->backends);
    free(options->sim_spec);
    free(options->detach_key);
    free(options->sort);
    free(options->filter);
    free(options->theme);
    free(options->config_file);
    free(options->debug_file);
    free(options->role);
    free(options->role_source);
    text_list_clear(&options->columns);
    text_list_clear(&options->meters);
    key_settings_free(options->keys, options->key_count);
    free(options->notice);
    free(options->save_path);
    free(options->save_refusal);
    *options = (struct options){0};
}
