/* The command line. */
#ifndef VCTOP_CONFIG_OPTIONS_H
#define VCTOP_CONFIG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

enum output_format {
    OUTPUT_TEXT,
    OUTPUT_CSV,
    OUTPUT_JSON
};

struct text_list {
    char **items;
    size_t count;
};

/* A command of the screen and its keys, as written: "freeze", "Z" "F8". */
struct key_setting {
    char *command;
    struct text_list keys;
    unsigned line; /* in the file that says so, 0: in another one */
};

struct options {
    char **uris; /* -c, in order */
    size_t uri_count;
    char **lxcpaths; /* -P */
    size_t lxcpath_count;
    char *backends; /* --backend as given, NULL: all */
    int64_t period_ns;
    bool period_given;
    bool readonly, batch, sim, no_colour, ascii, no_mouse, no_config, inverted;
    char *sim_spec;   /* --sim=SPEC, NULL */
    char *detach_key; /* as given: "^]", "^a", ... */
    char *sort, *filter, *theme, *config_file, *debug_file;
    long iterations; /* -n, 0 endless */
    enum output_format format;
    bool format_given;
    bool help, version;
    char *role, *role_source; /* --role=ROLE SOURCE: a child; not documented */

    /* From configuration files only. */
    bool no_advice, no_agent;
    int escdelay_ms;                  /* 0: not said */
    struct text_list columns, meters; /* empty: not said */
    struct key_setting *keys;
    size_t key_count;
    char *notice;       /* what was wrong with a file; NULL: nothing */
    bool home_silent;   /* the file system of the home directory does not answer */
    char *save_path;    /* where settings are saved, or NULL ... */
    char *save_refusal; /* ... and why not */
};

/* ERR_USAGE with one clear line when the command line is wrong. */
int options_parse(struct options *options, int argc, char **argv, struct error *err);
void options_clear(struct options *options); /* harmless on a cleared or zeroed one */

/* Adds a copy of TEXT. */
void text_list_add(struct text_list *list, const char *text);
void text_list_clear(struct text_list *list);
void key_settings_free(struct key_setting *keys, size_t count);

/* NAME stands in --backend; false when there was no --backend. */
bool options_backend_named(const struct options *options, const char *name);

void options_help(FILE *out);

#endif
