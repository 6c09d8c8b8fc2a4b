/* What was read of a guest, value by value. */
#include "model/isolation.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define CAPS_FEW 25
#define CAPS_KNOWN ((UINT64_C(1) << 41) - 1) /* that have a name */

static const struct {
    const char *json, *words;
    enum isolation_form form;
} infos[ISOLATION_FACT_COUNT] = {
#define INFO(id, json, form, words, source) [ISOLATION_FACT_##id] = {json, words, ISOLATION_##form},
    ISOLATION_FACT_LIST(INFO)
#undef INFO
};

const char *isolation_fact_json(enum isolation_fact fact)
{
    return infos[fact].json;
}

const char *isolation_fact_words(enum isolation_fact fact)
{
    return infos[fact].words;
}

enum isolation_form isolation_fact_form(enum isolation_fact fact)
{
    return infos[fact].form;
}

bool isolation_fact_concerns(enum isolation_fact fact, enum guest_kind kind)
{
    switch (fact) {
    case ISOLATION_FACT_UID_MAP:
    case ISOLATION_FACT_GID_MAP:
    case ISOLATION_FACT_SHARED:
    case ISOLATION_FACT_NESTING:
    case ISOLATION_FACT_DEVICE_CONTROL:
    case ISOLATION_FACT_DEVICES:
    case ISOLATION_FACT_SYSTEM_WRITABLE:
        return kind == KIND_CONTAINER;
    case ISOLATION_FACT_ACCEL:
    case ISOLATION_FACT_MACHINE:
    case ISOLATION_FACT_FIRMWARE:
    case ISOLATION_FACT_SECURE_BOOT:
    case ISOLATION_FACT_TPM:
    case ISOLATION_FACT_SEV:
    case ISOLATION_FACT_MODELS:
    case ISOLATION_FACT_NESTED:
    case ISOLATION_FACT_VFIO:
    case ISOLATION_FACT_GRAPHICS:
    case ISOLATION_FACT_GRAPHICS_OPEN:
    case ISOLATION_FACT_SECLABEL:
    case ISOLATION_FACT_MESSAGES:
        return kind == KIND_MACHINE;
    default:
        return true;
    }
}

const char *isolation_space_name(enum isolation_space space)
{
    static const char *const names[SPACE_COUNT] = {
        [SPACE_USER] = "user", [SPACE_MNT] = "mnt", [SPACE_PID] = "pid",      [SPACE_NET] = "net",
        [SPACE_IPC] = "ipc",   [SPACE_UTS] = "uts", [SPACE_CGROUP] = "cgroup"};

    return names[space];
}

const char *isolation_cap_name(unsigned cap)
{
    static const char *const names[] = {"chown",
                                        "dac_override",
                                        "dac_read_search",
                                        "fowner",
                                        "fsetid",
                                        "kill",
                                        "setgid",
                                        "setuid",
                                        "setpcap",
                                        "linux_immutable",
                                        "net_bind_service",
                                        "net_broadcast",
                                        "net_admin",
                                        "net_raw",
                                        "ipc_lock",
                                        "ipc_owner",
                                        "sys_module",
                                        "sys_rawio",
                                        "sys_chroot",
                                        "sys_ptrace",
                                        "sys_pacct",
                                        "sys_admin",
                                        "sys_boot",
                                        "sys_nice",
                                        "sys_resource",
                                        "sys_time",
                                        "sys_tty_config",
                                        "mknod",
                                        "lease",
                                        "audit_write",
                                        "audit_control",
                                        "setfcap",
                                        "mac_override",
                                        "mac_admin",
                                        "syslog",
                                        "wake_alarm",
                                        "block_suspend",
                                        "audit_read",
                                        "perfmon",
                                        "bpf",
                                        "checkpoint_restore"};

    return cap < ARRAY_SIZE(names) ? names[cap] : NULL;
}

static void clear_value(struct isolation_value *value)
{
    for (size_t i = 0; i < value->count; i++)
        free(value->text[i]);
    free(value->text);
    *value = (struct isolation_value){0};
}

void isolation_facts_clear(struct isolation_facts *facts)
{
    for (int i = 0; i < ISOLATION_FACT_COUNT; i++)
        clear_value(&facts->at[i]);
}

void isolation_set_number(struct isolation_facts *facts, enum isolation_fact fact, uint64_t value)
{
    facts->at[fact].known = true;
    facts->at[fact].number = value;
}

static void append(struct isolation_value *value, const char *text)
{
    value->text = xrealloc(value->text, value->count + 1, sizeof(*value->text));
    value->text[value->count++] = xstrndup(text, strnlen(text, ISOLATION_TEXT_BYTES - 1));
}

void isolation_set_text(struct isolation_facts *facts, enum isolation_fact fact, const char *text)
{
    if (!text)
        return;
    clear_value(&facts->at[fact]);
    facts->at[fact].known = true;
    append(&facts->at[fact], text);
}

void isolation_begin_list(struct isolation_facts *facts, enum isolation_fact fact)
{
    facts->at[fact].known = true;
}

void isolation_add(struct isolation_facts *facts, enum isolation_fact fact, const char *text)
{
    struct isolation_value *value = &facts->at[fact];

    value->known = true;
    value->number++;
    if (value->count < ISOLATION_LIST_MAX)
        append(value, text);
}

void isolation_facts_fill(struct isolation_facts *to, const struct isolation_facts *from)
{
    for (int i = 0; i < ISOLATION_FACT_COUNT; i++) {
        const struct isolation_value *value = &from->at[i];

        if (to->at[i].known || !value->known)
            continue;
        to->at[i].known = true;
        to->at[i].number = value->number;
        for (size_t j = 0; j < value->count; j++)
            append(&to->at[i], value->text[j]);
    }
}

const char *isolation_text(const struct isolation_facts *facts, enum isolation_fact fact)
{
    return facts->at[fact].known && facts->at[fact].count ? facts->at[fact].text[0] : NULL;
}

/* The number at *TEXT behind blanks. */
static bool next_number(const char **text, uint64_t *ret)
{
    const char *p = *text + strspn(*text, " \t");
    size_t digits = strspn(p, "0123456789");

    if (digits == 0 || digits > 15)
        return false;
    *ret = strtoull(p, NULL, 10);
    *text = p + digits;
    return true;
}

bool isolation_range_parse(const char *text, struct isolation_range *ret)
{
    struct isolation_range range;

    if (!next_number(&text, &range.inside) || !next_number(&text, &range.outside) ||
        !next_number(&text, &range.count) || *text || range.count == 0)
        return false;
    *ret = range;
    return true;
}

static bool list_maps_root(const struct isolation_value *list)
{
    struct isolation_range range;

    for (size_t i = 0; i < list->count; i++)
        if (isolation_range_parse(list->text[i], &range) && range.outside == 0)
            return true;
    return false;
}

bool isolation_maps_root(const struct isolation_facts *facts)
{
    return list_maps_root(&facts->at[ISOLATION_FACT_UID_MAP]) ||
           list_maps_root(&facts->at[ISOLATION_FACT_GID_MAP]);
}

/* Names of the bits of MASK, apart by blanks; nearly all capabilities by those that lack. */
static void mask_text(enum isolation_form form, uint64_t mask, char *dst, size_t size)
{
    size_t len = 0;

    snprintf(dst, size, "none");
    if (form == ISOLATION_CAPS && __builtin_popcountll(mask) > CAPS_FEW) {
        mask = ~mask & CAPS_KNOWN;
        len = (size_t)snprintf(dst, size, mask ? "all but" : "all");
    }
    for (unsigned i = 0; i < 64 && len + 1 < size; i++) {
        char number[24];
        const char *name = form == ISOLATION_CAPS ? isolation_cap_name(i)
                           : i < SPACE_COUNT      ? isolation_space_name((enum isolation_space)i)
                                                  : NULL;

        if (!(mask >> i & 1))
            continue;
        snprintf(number, sizeof(number), "%u", i);
        len +=
            (size_t)snprintf(dst + len, size - len, "%s%s", len ? " " : "", name ? name : number);
    }
}

static void range_text(const char *text, char *dst, size_t size)
{
    struct isolation_range range;

    if (isolation_range_parse(text, &range))
        snprintf(dst, size, "%" PRIu64 "-%" PRIu64 " -> %" PRIu64 "-%" PRIu64, range.inside,
                 range.inside + range.count - 1, range.outside, range.outside + range.count - 1);
    else
        snprintf(dst, size, "%s", text);
}

void isolation_value_text(const struct isolation_facts *facts, enum isolation_fact fact,
                          size_t index, char *dst, size_t size)
{
    const struct isolation_value *value = &facts->at[fact];
    enum isolation_form form = infos[fact].form;

    if (!value->known) {
        snprintf(dst, size, "-");
        return;
    }
    switch (form) {
    case ISOLATION_FLAG:
        snprintf(dst, size, "%s", value->number ? "yes" : "no");
        break;
    case ISOLATION_NUMBER:
        snprintf(dst, size, "%" PRIu64, value->number);
        break;
    case ISOLATION_CAPS:
    case ISOLATION_SPACES:
        mask_text(form, value->number, dst, size);
        break;
    default:
        if (index >= value->count)
            snprintf(dst, size, "%s", form == ISOLATION_LIST ? "none" : "-");
        else if (fact == ISOLATION_FACT_UID_MAP || fact == ISOLATION_FACT_GID_MAP)
            range_text(value->text[index], dst, size);
        else
            snprintf(dst, size, "%s", value->text[index]);
        break;
    }
}
