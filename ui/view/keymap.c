#include "ui/view/keymap.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "model/action.h"

/* Like the styles, of the one screen. */
static struct keymap current;
static bool current_is_set;

void keymap_defaults(struct keymap *ret)
{
    *ret = (struct keymap){0};
    for (size_t i = 0; i < command_count(); i++)
        memcpy(ret->keys[command_at(i)->command], command_at(i)->keys, sizeof(ret->keys[0]));
}

void keymap_use(const struct keymap *map)
{
    current = *map;
    current_is_set = true;
}

const struct keymap *keymap_current(void)
{
    if (!current_is_set) {
        keymap_defaults(&current);
        current_is_set = true;
    }
    return &current;
}

const struct chord *keymap_keys(enum command command)
{
    return keymap_current()->keys[command];
}

static bool same(struct chord a, struct chord b)
{
    return a.kind == b.kind && a.code == b.code;
}

static bool parse_name(struct chord *ret, const char *text)
{
    char name[16];

    for (uint32_t code = SPECIAL_UP; code < SPECIAL_F1 + 12; code++) {
        struct chord chord = {KEY_SPECIAL, code};

        command_chord_text(name, chord);
        if (name[0] && strcasecmp(name, text) == 0) {
            *ret = chord;
            return true;
        }
    }
    if (strcasecmp(text, "Space") != 0)
        return false;
    *ret = (struct chord){KEY_CHAR, ' '};
    return true;
}

static int parse_control(struct chord *ret, const char *text, struct error *err)
{
    char letter = text[1];

    if (letter >= 'a' && letter <= 'z')
        letter = (char)(letter - 'a' + 'A');
    if (letter < '@' || letter > '_')
        return error_set(err, ERR_USAGE, "a caret and a letter, as in ^L", "'%.20s' is no key",
                         text);
    if (strchr("HIJM[", letter))
        return error_set(err, ERR_USAGE, "write BS, Tab, Enter or Esc",
                         "^%c cannot be told from another key", letter);
    *ret = (struct chord){KEY_CONTROL, (uint32_t)letter};
    return 0;
}

int keymap_parse_chord(struct chord *ret, const char *text, struct error *err)
{
    uint32_t code = 0;
    size_t len = strlen(text);

    if (text[0] == '^' && len == 2)
        return parse_control(ret, text, err);
    if (parse_name(ret, text))
        return 0;
    if (!len || text_decode(text, len, &code) != len || text_cp_width(code) <= 0 ||
        code == TEXT_REPLACEMENT)
        return error_set(err, ERR_USAGE, "one character, or as in F5, ^L, Space, PgUp, Enter",
                         "'%.20s' is no key", text);
    *ret = (struct chord){KEY_CHAR, code};
    return 0;
}

int keymap_check_command(const char *command, struct error *err)
{
    if (command_by_name(command))
        return 0;
    if (action_from_word(command) != ACTION_COUNT)
        return error_set(err, ERR_USAGE, "only the menu of the command 'actions' does",
                         "no key may change a guest: '%.40s'", command);
    return error_set(err, ERR_UNSUPPORTED, "vctop.conf(5) lists the commands",
                     "'%.40s' is no command and is passed over", command);
}

/* The command other than BUT that has CHORD, or COMMAND_NONE. */
static enum command owner(const struct keymap *map, struct chord chord, enum command but)
{
    for (enum command c = COMMAND_NONE + 1; c < COMMAND_COUNT; c++)
        for (int k = 0; c != but && k < COMMAND_KEYS_MAX && map->keys[c][k].kind; k++)
            if (same(map->keys[c][k], chord))
                return c;
    return COMMAND_NONE;
}

static int parse_keys(struct chord keys[COMMAND_KEYS_MAX], const struct key_setting *setting,
                      struct error *err)
{
    memset(keys, 0, COMMAND_KEYS_MAX * sizeof(*keys));
    if (!setting->keys.count || setting->keys.count > COMMAND_KEYS_MAX)
        return error_set(err, ERR_USAGE, "name them in quotes", "'%.40s' needs one to %d keys",
                         setting->command, COMMAND_KEYS_MAX);
    for (size_t k = 0; k < setting->keys.count; k++) {
        int rc = keymap_parse_chord(&keys[k], setting->keys.items[k], err);
        if (rc)
            return rc;
    }
    return 0;
}

/* Takes CHORD from COMMAND, which keeps another key. */
static int take_away(struct keymap *map, enum command command, struct chord chord,
                     struct error *err)
{
    struct chord *keys = map->keys[command];
    int kept = 0;

    for (int k = 0; k < COMMAND_KEYS_MAX && keys[k].kind; k++)
        if (!same(keys[k], chord))
            keys[kept++] = keys[k];
    if (!kept) {
        char text[16];

        command_chord_text(text, chord);
        return error_set(err, ERR_USAGE, "give that command another key too",
                         "%s is the only key of '%s'", text, command_info_of(command)->name);
    }
    for (int k = kept; k < COMMAND_KEYS_MAX; k++)
        keys[k] = (struct chord){0};
    return 0;
}

static int check_free(const struct keymap *map, enum command command, struct chord chord,
                      struct error *err)
{
    enum command other = owner(map, chord, command);
    char text[16];

    if (other == COMMAND_NONE)
        return 0;
    command_chord_text(text, chord);
    return error_set(err, ERR_USAGE, "choose another key, or give that command another one first",
                     "%s is a key of '%s'", text, command_info_of(other)->name);
}

/* Nobody else has the keys of COMMAND, who asked for them in so many words. */
static int claim(struct keymap *map, enum command command, const bool asked[COMMAND_COUNT],
                 struct error *err)
{
    const struct chord *keys = map->keys[command];

    for (int k = 0; k < COMMAND_KEYS_MAX && keys[k].kind; k++) {
        enum command other = owner(map, keys[k], command);
        int rc = other == COMMAND_NONE ? 0
                 : asked[other]        ? check_free(map, command, keys[k], err)
                                       : take_away(map, other, keys[k], err);
        if (rc)
            return rc;
    }
    return 0;
}

int keymap_build(struct keymap *ret, const struct key_setting *settings, size_t count,
                 size_t *ret_bad, struct error *err)
{
    bool asked[COMMAND_COUNT] = {false};
    struct keymap map;

    keymap_defaults(&map);
    for (size_t i = 0; i < count; i++) {
        const struct command_info *info = command_by_name(settings[i].command);

        if (!info)
            continue;
        asked[info->command] = true;
        *ret_bad = i;
        int rc = parse_keys(map.keys[info->command], &settings[i], err);
        if (rc)
            return rc;
    }
    for (size_t i = 0; i < count; i++) {
        const struct command_info *info = command_by_name(settings[i].command);

        *ret_bad = i;
        int rc = info ? claim(&map, info->command, asked, err) : 0;
        if (rc)
            return rc;
    }
    *ret = map;
    return 0;
}

int keymap_rebind(struct keymap *map, enum command command, struct chord chord, bool more,
                  struct error *err)
{
    struct chord *keys = map->keys[command];
    int count = 0, rc = check_free(map, command, chord, err);

    if (rc)
        return rc;
    while (count < COMMAND_KEYS_MAX && keys[count].kind) {
        if (more && same(keys[count], chord))
            return 0;
        count++;
    }
    if (more && count == COMMAND_KEYS_MAX)
        return error_set(err, ERR_USAGE, "Enter replaces them", "'%s' has %d keys already",
                         command_info_of(command)->name, count);
    if (!more)
        memset(keys, 0, sizeof(map->keys[0]));
    keys[more ? count : 0] = chord;
    return 0;
}

int keymap_restore(struct keymap *map, enum command command, struct error *err)
{
    const struct command_info *info = command_info_of(command);

    for (int k = 0; k < COMMAND_KEYS_MAX && info->keys[k].kind; k++) {
        int rc = check_free(map, command, info->keys[k], err);
        if (rc)
            return rc;
    }
    memcpy(map->keys[command], info->keys, sizeof(map->keys[0]));
    return 0;
}
