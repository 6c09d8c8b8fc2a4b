#include <stdio.h>
#include <string.h>

#include "ui/view/keymap.h"
#include "ui/view/setup_page.h"

static int keys_count(const struct ui *ui)
{
    (void)ui;
    return (int)command_count();
}

static void keys_row(const struct ui *ui, int row, struct setup_row *ret)
{
    const struct command_info *info = command_at((size_t)row);
    char keys[64];

    (void)ui;
    command_keys_text(keys, sizeof(keys), info->command);
    ret->mark[0] = '\0';
    snprintf(ret->label, sizeof(ret->label), "%s", info->name);
    snprintf(ret->value, sizeof(ret->value), "%-14s %s", keys, info->help);
}

/* The remedy is the next line of the list, or another key. */
static void say(struct setup *setup, const struct error *err)
{
    snprintf(setup->message, sizeof(setup->message), "%s", err->message);
}

/* The key that was asked for: any, Esc included. */
static void take(struct setup *setup, struct key key)
{
    enum command command = command_at((size_t)setup->cursor)->command;
    struct keymap map = *keymap_current();
    struct chord chord = {key.kind, key.code};
    struct error err;

    setup->wants_key = false;
    if (keymap_rebind(&map, command, chord, setup->more, &err))
        say(setup, &err);
    else
        keymap_use(&map);
}

static bool keys_key(struct ui *ui, struct setup *setup, struct key key)
{
    enum command command = command_at((size_t)setup->cursor)->command;
    struct keymap map = *keymap_current();
    struct error err;

    (void)ui;
    if (setup->wants_key) {
        take(setup, key);
    } else if (key_is(key, SPECIAL_ENTER) || key_is_char(key, 'a')) {
        setup->wants_key = true;
        setup->more = key_is_char(key, 'a');
    } else if (key_is(key, SPECIAL_DELETE) || key_is(key, SPECIAL_BACKSPACE)) {
        if (keymap_restore(&map, command, &err))
            say(setup, &err);
        else
            keymap_use(&map);
    } else {
        return false;
    }
    return true;
}

const struct setup_page setup_keys_page = {
    .title = "Keys",
    .hint = "Enter: a key instead; a: one more; Del: the default ones",
    .count = keys_count,
    .row = keys_row,
    .key = keys_key,
};
