/* A configuration file: read, and changed in place.  Behind "theme:" the words of a theme. */
#include "fuzz/must.h"

#include <string.h>

#include "base/alloc.h"
#include "config/edit.h"
#include "config/settings_internal.h"
#include "config/theme.h"
#include "ui/view/preferences.h"

static void try_settings(const char *text)
{
    struct settings settings;
    struct error note = {0}, err = {0};

    settings_init(&settings);
    int rc = settings_parse(&settings, "fuzzed", text, &preferences_words, &note, &err);
    must(rc == 0 || (err.message[0] && !strchr(err.message, '\n')), "a refusal has one line");
    settings_clear(&settings);
    if (rc < 0)
        return;
    /* What can be read can be changed, or says why not. */
    char *changed = edit_setting(text, "delay", "3", &err);
    if (!changed)
        return;
    settings_init(&settings);
    must(settings_parse(&settings, "changed", changed, &preferences_words, &note, &err) == 0,
         "a changed file can be read");
    must(settings.period_ns == INT64_C(3000000000), "it says what it was changed to");
    settings_clear(&settings);
    free(changed);
}

static void try_theme(const char *text)
{
    static const int colours[] = {0, 8, 16, 256};
    struct look look;
    struct error err;

    for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
        if (look_pick(&look, text, colours[i], &err) == 0)
            must(look_colours(&look) <= colours[i], "a look fits its terminal");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xstrndup((const char *)data, size);

    if (strncmp(text, "theme:", 6) == 0)
        try_theme(text + 6);
    else
        try_settings(text);
    free(text);
    return 0;
}
