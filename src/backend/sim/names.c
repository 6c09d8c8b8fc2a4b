#include "backend/sim/sim.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

/* A root is used once as it is, then with -2, -3, ...; one with a %u is numbered from 1. */
static const char *const machine_roots[] = {
    "db%02u",  "web%u",      "win-ad",     "backup", "test-vm%u", "gitlab", "k8s-node%u", "old%u",
    "mail-gw", "win10-%02u", "fileserver", "vpn",    "erp",       "desk%u", "freebsd%u",  "monitor",
};
static const char *const container_roots[] = {
    "build-%02u", "mail",     "ci-runner-%u", "legacy",  "dns%u",    "guest-c%u", "proxy%u",
    "redis%u",    "postgres", "nginx%u",      "grafana", "wiki",     "git",       "cache%u",
    "cron",       "ldap",     "ntp",          "app%02u", "worker%u", "matrix",
};

/* The root is ours, never foreign text, but the compiler cannot see that: no format string. */
static char *numbered(const char *root, uint32_t turn)
{
    const char *percent = strchr(root, '%');

    if (!percent)
        return turn == 0 ? xstrdup(root) : xasprintf("%s-%u", root, turn + 1);
    if (percent[1] == '0')
        return xasprintf("%.*s%02u", (int)(percent - root), root, turn + 1);
    return xasprintf("%.*s%u", (int)(percent - root), root, turn + 1);
}

char *sim_name(enum guest_kind kind, uint32_t index)
{
    const char *const *roots = kind == KIND_MACHINE ? machine_roots : container_roots;
    uint32_t count = kind == KIND_MACHINE ? ARRAY_SIZE(machine_roots) : ARRAY_SIZE(container_roots);

    return numbered(roots[index % count], index / count);
}

/* One of each kind of mischief.  A name has no NUL; all else can happen in a directory name. */
static const char *const hostile_names[] = {
    "\033[31mred\033[0m",        /* colours */
    "\033]0;pwned\007",          /* a window title */
    "\033[2J\033[H",             /* a wiped screen */
    "c1-\302\2332J-\302\235osc", /* CSI and OSC as C1 in UTF-8 */
    "raw-\2332J",                /* CSI as a bare byte: invalid UTF-8 too */
    "carriage\rreturn",
    "new\nline",
    "tab\there",
    "back\b\b\bspace\177",
    "bidi-\342\200\256gnp.exe",                         /* right-to-left override */
    "zwj-\360\237\221\251\342\200\215\360\237\222\273", /* joined emoji */
    "bom\357\273\277\342\200\213mark",                  /* zero-width characters */
    "\346\274\242\345\255\227\345\220\215\345\211\215-\346\234\215\345\212\241\345\231\250",
    "emoji-\360\237\220\247\360\237\224\245\360\237\232\200",
    "%s%n%x%p",
    "bad-\377\376\300\257\355\240\200", /* bytes, overlong, surrogate */
    "-rf",
    "..",
    "   ",
    "a<b>\"&'$(reboot)`;|",
    "line\342\200\250para\342\200\251sep",
    "\333\201\330\247\330\261\330\257\331\210", /* right to left by nature */
};

/* Two more are too long to be written down. */
enum {
    HOSTILE_COMBINING = ARRAY_SIZE(hostile_names),
    HOSTILE_LONG,
    HOSTILE_COUNT
};

size_t sim_hostile_count(void)
{
    return HOSTILE_COUNT;
}

static char *repeated(const char *head, const char *piece, size_t count)
{
    size_t head_len = strlen(head), len = strlen(piece);
    char *text = xmalloc(head_len + len * count + 1);

    memcpy(text, head, head_len);
    for (size_t i = 0; i < count; i++)
        memcpy(text + head_len + i * len, piece, len);
    text[head_len + len * count] = '\0';
    return text;
}

const char *sim_hostile_text(size_t index)
{
    return hostile_names[index % ARRAY_SIZE(hostile_names)];
}

char *sim_hostile_name(size_t index)
{
    if (index == HOSTILE_COMBINING)
        return repeated("e", "\314\201", 500);
    if (index == HOSTILE_LONG)
        return repeated("long-", "x", 5000);
    return xstrdup(sim_hostile_text(index));
}
