#include "model/query.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define T NS_PER_S
#define NOW (2 * T)
#define MIB (1024.0 * 1024)

static struct world *world;
static const char *const machines = "libvirt:qemu:///system";
static const char *const containers = "lxc:/var/lib/lxc";

static void set_up(void)
{
    world = world_new(NS_PER_S);
    world_add_source(world, machines, false);
    world_add_source(world, containers, false);
}

static void tear_down(void)
{
    world_free(world);
}

/* A running guest without a figure; machines have upper-case keys. */
static struct guest *add(const char *key, const char *name)
{
    static uint32_t handle;
    bool machine = key[0] >= 'A' && key[0] <= 'Z';
    const char *source = machine ? machines : containers;
    struct facts facts = {.handle = ++handle,
                          .key = (char *)key,
                          .name = (char *)name,
                          .autostart = -1,
                          .kind = machine ? KIND_MACHINE : KIND_CONTAINER};
    struct sample sample = {.at_ns = NOW};

    world_facts(world, source, &facts, T, T);
    world_row(world, source, handle, STATE_RUNNING, NULL, NULL, &sample, NOW, NOW);
    return world_find_handle(world, source, handle);
}

static struct guest *with(struct guest *guest, enum metric metric, double value)
{
    guest->metrics.valid |= UINT64_C(1) << metric;
    guest->metrics.value[metric] = value;
    return guest;
}

static struct query *compile(const char *text)
{
    struct query_error err = {.at = 999};
    struct query *query = query_new(text, &err);

    ck_assert_msg(query != NULL, "%s: %s at %zu", text, err.message, err.at);
    return query;
}

static enum query_answer ask(const char *text, const struct guest *guest)
{
    struct query *query = compile(text);
    enum query_answer ret = query_ask(query, world, guest, NOW);

    query_free(query);
    return ret;
}

/* The names of all that match, in the order of their arrival. */
static const char *matched(const char *text)
{
    static char names[512];
    struct query *query = compile(text);

    names[0] = '\0';
    for (size_t i = 0; i < world_guest_count(world); i++) {
        const struct guest *guest = world_guest_at(world, i);

        if (query_ask(query, world, guest, NOW) != QUERY_YES)
            continue;
        strcat(names, names[0] ? " " : "");
        strcat(names, guest->facts.name);
    }
    query_free(query);
    return names;
}

static void add_some(void)
{
    struct guest *db = add("DB-UUID", "db01"), *web = add("WEB-UUID", "web2");
    struct guest *build = add("build", "build-07"), *mail = add("mail", "mail"),
                 *old = add("old", "old web");

    with(with(db, METRIC_CPU, 188.2), METRIC_MEM_USED, 7.4 * 1024 * MIB);
    with(db, METRIC_MEM_LIMIT, 8.0 * 1024 * MIB);
    with(with(web, METRIC_CPU, 41), METRIC_DISK_READ, 3 * MIB);
    with(with(build, METRIC_CPU, 98.1), METRIC_OOM_KILLS, 2);
    with(with(build, METRIC_DISK_READ, MIB), METRIC_DISK_WRITE, 2.5 * MIB);
    with(with(mail, METRIC_UPTIME, 90000), METRIC_MEM_USED, 310 * MIB);
    with(mail, METRIC_OOM_KILLS, 0);
    db->facts.autostart = 1;
    web->facts.autostart = 0;
    mail->marked = true;
    old->state = STATE_PAUSED;
    free(old->reason);
    old->reason = strdup("frozen");
    mail->facts.addresses[0] = strdup("10.0.3.21");
    mail->facts.addresses[1] = strdup("fe80::1");
    mail->facts.manager = strdup("Proxmox");
}

START_TEST(what_a_filter_finds)
{
    static const struct {
        const char *filter, *names;
    } cases[] = {
        {"", "db01 web2 build-07 mail old web"},
        /* Plain texts, as long as there is no sign of a query. */
        {"web", "web2 old web"},
        {"OLD WEB", "old web"},
        {"autostart", ""},
        {"web !", ""},
        {"running", "db01 web2 build-07 mail"},
        /* Figures. */
        {"cpu>80", "db01 build-07"},
        {"cpu > 80 & kind=ct", "build-07"},
        {"cpu>80&kind=ct|name=mail", "build-07 mail"},
        {"cpu>80 && (kind=vm || name=mail)", "db01"},
        {"cpu_percent<=41", "web2"},
        {"cpu!=41", "db01 build-07"},
        {"cpu==41.0%", "web2"},
        {"mem>90%", "db01"},
        {"mem>300M", "db01 mail"},
        {"mem>=7.4G & mem<1T", "db01"},
        {"mem=310M", "mail"},
        {"oom>0", "build-07"},
        {"oom=0", "mail"},
        {"state=paused | oom>0", "build-07 old web"},
        {"up>1d & up<26h", "mail"},
        {"up=1500m", "mail"},
        {"disk>3M/s", "build-07"},
        {"disk>=3M", "web2 build-07"},
        /* Words. */
        {"name~^web", "web2"},
        {"name!~web", "db01 build-07 mail"},
        {"name=~WEB$", "old web"},
        {"name~^(web|db)[0-9]+", "db01 web2"},
        {"(name~^(web|db))&cpu<100", "web2"},
        {"name=OLD WEB", "old web"},
        {"name=\"mail\" | name=db01", "db01 mail"},
        {"state=run & !name~b", "mail"},
        {"state=frozen", "old web"},
        {"state!=running", "old web"},
        {"reason=frozen", "old web"},
        {"kind=vm", "db01 web2"},
        {"kind=container & kind!=machine", "build-07 mail old web"},
        {"manager=proxmox", "mail"},
        {"manager=\"\" & kind=ct", "build-07 old web"},
        {"addr~^10\\.0", "mail"},
        {"address=FE80::1", "mail"},
        {"address!=10.0.3.21", ""},
        {"source=lxc", "build-07 mail old web"},
        {"source=libvirt:qemu:///system", "db01 web2"},
        {"id=web-uuid", "web2"},
        {"id=lxc:/var/lib/lxc#mail", "mail"},
        {"id~uuid$", "db01 web2"},
        /* Flags, which may be unknown. */
        {"autostart & kind=vm", "db01"},
        {"!autostart", "web2"},
        {"autostart=no", "web2"},
        {"marked=yes", "mail"},
        {"!marked & kind=ct", "build-07 old web"},
        {"!stale & marked", "mail"},
        /* Texts in queries. */
        {"!web", "db01 build-07 mail"},
        {"old web & kind=ct", "old web"},
        {"\"build-07\"", "build-07"},
        {"\"a=b\"", ""},
        {"!(web | mail)", "db01 build-07"},
        {"!!!web & ((kind=ct))", "build-07 mail"},
        {"  ( web )  ", "web2 old web"},
    };

    add_some();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ck_assert_msg(strcmp(matched(cases[i].filter), cases[i].names) == 0,
                      "%s: '%s' instead of '%s'", cases[i].filter, matched(cases[i].filter),
                      cases[i].names);
    }
}
END_TEST

START_TEST(errors_point_at_what_is_wrong)
{
    static const struct {
        const char *filter;
        size_t at;
        const char *words;
    } cases[] = {
        {"cpu>>80", 4, "compared with a number"},
        {"cpu>", 4, "missing"},
        {"cpu> & kind=ct", 5, "missing"},
        {"cpu>80 & ", 9, "missing"},
        {"cpu>80 kind=ct", 7, "& or | is missing before 'kind'"},
        {"name=web cpu>80", 9, "& or | is missing before 'cpu'"},
        {"web cpu>80", 4, "& or | is missing before 'cpu'"},
        {"web(db)=", 3, "& or | is missing here"},
        {"cpuu>80", 0, "'cpuu' cannot be compared"},
        {">80", 0, "missing"},
        {"cpu~8", 3, "compared by = != <"},
        {"name>a", 4, "compared by = != ~"},
        {"kind>ct", 4, "compared by = !="},
        {"kind=cat", 5, "kind is one of: vm ct"},
        {"x | state=pausd", 10, "state is one of: unknown running"},
        {"autostart=maybe", 10, "autostart is one of: no yes"},
        {"mem>2X", 5, "units K M G T P and % of the limit"},
        {"rx>50%", 5, "units K M G T P"},
        {"up>2y", 4, "units s m h d"},
        {"cpu>-1", 4, "number"},
        {"cpu>1e9", 5, "units"},
        {"cpu>0x10", 5, "units"},
        {"up>25h30", 5, "units"},
        {"(cpu>1", 0, "not closed"},
        {"cpu>1)", 5, "not opened"},
        {"name=\"web", 5, "no end"},
        {"name=\"a\" b", 9, "& or | is missing here"},
        {"!", 1, "missing"},
        {"a & (b c) d", 10, "& or | is missing here"},
        {"a & ()", 5, "missing"},
        {"name~(", 5, "not closed"},
        {"name~\"a(\"", 7, "not closed"},
        {"name~a)", 6, "not opened"},
        {"name~[a", 5, "not closed"},
        {"name~(a)\\1", 8, "letters and digits"},
        {"name~(a{1,999}){1,999}", 7, "too long"},
    };
    char text[400];
    struct query_error err;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        err = (struct query_error){.at = 999};
        ck_assert_msg(query_new(cases[i].filter, &err) == NULL, "%s", cases[i].filter);
        ck_assert_msg(err.at == cases[i].at && strstr(err.message, cases[i].words),
                      "%s: at %zu: %s", cases[i].filter, err.at, err.message);
    }
    memset(text, 'a', sizeof(text));
    text[QUERY_TEXT_MAX + 1] = '\0';
    ck_assert_ptr_null(query_new(text, &err));
    ck_assert_uint_eq(err.at, QUERY_TEXT_MAX);
    memset(text, '!', sizeof(text));
    text[200] = '\0';
    ck_assert_ptr_null(query_new(text, &err));
    ck_assert(strstr(err.message, "nested"));
    /* Nobody has to want to know. */
    ck_assert_ptr_null(query_new("cpu>>80", NULL));
}
END_TEST

static void ask_isolation(struct guest *guest)
{
    struct isolation isolation = {.verdict = ISOLATION_WEAK};

    ck_assert_int_eq(ask("isolation=weak", guest), QUERY_UNKNOWN);
    ck_assert_int_eq(ask("isolation!=weak", guest), QUERY_UNKNOWN);
    ck_assert_int_eq(ask("isolation=unknown", guest), QUERY_YES);
    guest->isolation = &isolation;
    ck_assert_int_eq(ask("isolation=weak", guest), QUERY_YES);
    ck_assert_int_eq(ask("isolation!=strong", guest), QUERY_YES);
    ck_assert_int_eq(ask("isolation=unknown", guest), QUERY_NO);
    guest->isolation = NULL;
    guest->state = STATE_OFF;
    ck_assert_int_eq(ask("isolation=unknown", guest), QUERY_UNKNOWN);
    guest->state = STATE_RUNNING;
}

START_TEST(what_is_unknown_matches_neither_way)
{
    struct guest *guest = add("A", "a");

    ck_assert_int_eq(ask("cpu>80", guest), QUERY_UNKNOWN);
    ck_assert_int_eq(ask("!(cpu>80)", guest), QUERY_UNKNOWN);
    ck_assert_int_eq(ask("cpu<=80", guest), QUERY_UNKNOWN);
    ck_assert_int_eq(ask("cpu!=80", guest), QUERY_UNKNOWN);
    ck_assert_int_eq(ask("autostart", guest) + ask("!autostart & a", guest), 1);
    ck_assert_int_eq(ask("autostart=yes | autostart=no", guest), QUERY_UNKNOWN);
    ck_assert_int_eq(ask("address~1", guest), QUERY_UNKNOWN);
    ck_assert_int_eq(ask("address!~1", guest), QUERY_UNKNOWN);
    ck_assert_int_eq(ask("type=kvm", guest), QUERY_UNKNOWN);
    ask_isolation(guest);
    /* But what is certain whatever it may be is certain. */
    ck_assert_int_eq(ask("cpu>80 | name=a", guest), QUERY_YES);
    ck_assert_int_eq(ask("name=a | cpu>80", guest), QUERY_YES);
    ck_assert_int_eq(ask("cpu>80 & name=b", guest), QUERY_NO);
    ck_assert_int_eq(ask("name=b & cpu>80", guest), QUERY_NO);
    ck_assert_int_eq(ask("name=a & cpu>80", guest), QUERY_UNKNOWN);
    ck_assert_int_eq(ask("name=b | cpu>80", guest), QUERY_UNKNOWN);
    /* A share wants both. */
    with(guest, METRIC_MEM_USED, 100 * MIB);
    ck_assert_int_eq(ask("mem<90%", guest), QUERY_UNKNOWN);
    with(guest, METRIC_MEM_LIMIT, 200 * MIB);
    ck_assert_int_eq(ask("mem<90%", guest), QUERY_YES);
    ck_assert_int_eq(ask("mem=50%", guest), QUERY_YES);
    /* Zero is known. */
    with(guest, METRIC_CPU, 0);
    ck_assert_int_eq(ask("cpu=0", guest), QUERY_YES);
    ck_assert_int_eq(ask("cpu<0", guest), QUERY_NO);
}
END_TEST

START_TEST(figures_compare_as_they_are_shown)
{
    struct guest *guest = add("A", "a");

    with(guest, METRIC_CPU, 80.03); /* "80.0" */
    ck_assert_int_eq(ask("cpu=80", guest), QUERY_YES);
    ck_assert_int_eq(ask("cpu>80", guest), QUERY_NO);
    ck_assert_int_eq(ask("cpu<=80", guest), QUERY_YES);
    with(guest, METRIC_CPU, 80.06);
    ck_assert_int_eq(ask("cpu>80", guest), QUERY_YES);
    with(guest, METRIC_CPU, 1600.4); /* "1600" */
    ck_assert_int_eq(ask("cpu=1600", guest), QUERY_YES);
    with(guest, METRIC_MEM_USED, 1.52 * 1024 * MIB); /* "1.5G" */
    ck_assert_int_eq(ask("mem=1.5G", guest), QUERY_YES);
    ck_assert_int_eq(ask("mem>1.5G", guest), QUERY_NO);
    ck_assert_int_eq(ask("mem>1.4G", guest), QUERY_YES);
    ck_assert_int_eq(ask("mem<1.6G", guest), QUERY_YES);
    with(guest, METRIC_NET_DROPS, 0.02);
    ck_assert_int_eq(ask("drops>0", guest), QUERY_NO);
    /* A day is long: durations go by the second. */
    with(guest, METRIC_UPTIME, 86400 + 0.4);
    ck_assert_int_eq(ask("up=1d", guest), QUERY_YES);
    with(guest, METRIC_UPTIME, 86401);
    ck_assert_int_eq(ask("up>1d", guest), QUERY_YES);
    with(guest, METRIC_BOOT, 2500);
    ck_assert_int_eq(ask("boot=2.5s & boot>80 & boot<1m", guest), QUERY_YES);
}
END_TEST

START_TEST(problems_are_words_and_a_flag)
{
    struct guest *guest = add("A", "a");

    ck_assert_int_eq(ask("problem & a", guest), QUERY_NO);
    ck_assert_int_eq(ask("!problem", guest), QUERY_YES);
    guest->state = STATE_CRASHED;
    ck_assert_int_eq(ask("problem & a", guest), QUERY_YES);
    ck_assert_int_eq(ask("problem~crash", guest), QUERY_YES);
    ck_assert_int_eq(ask("problem!~crash", guest), QUERY_NO);
}
END_TEST

/* ---- what might be typed ---- */

static char offered[2000];

static void take(void *data, const char *text, size_t len, const char *typed, const char *name,
                 const char *help)
{
    (void)data;
    ck_assert_ptr_nonnull(help);
    if (strncmp(name, typed, strlen(typed)) == 0)
        snprintf(offered + strlen(offered), sizeof(offered) - strlen(offered), "[%.*s%s]", (int)len,
                 text, name);
}

static const char *offers(const char *text)
{
    offered[0] = '\0';
    query_complete(text, take, NULL);
    return offered;
}

START_TEST(texts_go_on)
{
    ck_assert_str_eq(offers("stat"), "[state]");
    ck_assert_str_eq(offers("state"), "[state=][state!=][state]");
    ck_assert_str_eq(offers("kind="), "[kind=vm][kind=ct]");
    ck_assert_str_eq(offers("cpu>80 & !(kind = c"), "[cpu>80 & !(kind = ct]");
    ck_assert_str_eq(offers("kind=ct"), "[kind=ct][kind=ct & ][kind=ct | ]");
    ck_assert_str_eq(offers("mem>90% "), "[mem>90% & ][mem>90% | ]");
    ck_assert_str_eq(offers("cpu>"), "");
    ck_assert_str_eq(offers("name=\"a&b\" | reas"), "[name=\"a&b\" | reason]");
    ck_assert_str_eq(offers("autost"), "[autostart]");
    ck_assert_str_eq(offers("marked=y"), "[marked=yes]");
    ck_assert(strstr(offers("mem"), "[mem][mem%]"));
    ck_assert(strstr(offers("mem"), "[mem>=]"));
    ck_assert(strstr(offers(""), "[name]"));
}
END_TEST

/* ---- properties ---- */

static uint64_t dice_state;

static unsigned dice(unsigned sides)
{
    dice_state = dice_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(dice_state >> 33) % sides;
}

/* A tree over comparisons whose answers are known without asking. */
struct tree {
    enum {
        LEAF,
        NOT,
        AND,
        OR
    } kind;
    int leaf;
    struct tree *left, *right;
};

static const char *const leaves[] = {"cpu>50",        "mem < 1G",      "kind=ct", "state!=paused",
                                     "autostart=yes", "name~^a[0-9]$", "beta",    "oom >= 1"};

static struct tree *grow(int depth)
{
    struct tree *tree = calloc(1, sizeof(*tree));

    tree->kind = depth ? dice(4) : LEAF;
    if (tree->kind == LEAF)
        tree->leaf = (int)dice(sizeof(leaves) / sizeof(leaves[0]));
    else
        tree->left = grow(depth - 1);
    if (tree->kind >= AND)
        tree->right = grow(depth - 1);
    return tree;
}

static void fell(struct tree *tree)
{
    if (!tree)
        return;
    fell(tree->left);
    fell(tree->right);
    free(tree);
}

static void print(const struct tree *tree, char *dst)
{
    bool parenthesis = tree->kind >= AND || dice(3) == 0;

    strcat(dst, dice(2) ? " " : "");
    strcat(dst, tree->kind == NOT ? "!" : "");
    strcat(dst, parenthesis ? "(" : "");
    if (tree->kind == LEAF)
        strcat(dst, leaves[tree->leaf]);
    else
        print(tree->left, dst);
    if (tree->kind >= AND) {
        strcat(dst, tree->kind == AND ? (dice(2) ? "&" : "&& ") : (dice(2) ? "|" : " ||"));
        print(tree->right, dst);
    }
    strcat(dst, parenthesis ? ")" : "");
}

static enum query_answer of_three(bool known, bool yes)
{
    return !known ? QUERY_UNKNOWN : yes ? QUERY_YES : QUERY_NO;
}

static enum query_answer leaf_of(int leaf, const struct guest *guest)
{
    const struct metrics *metrics = &guest->metrics;

    switch (leaf) {
    case 0:
        return of_three(metrics_has(metrics, METRIC_CPU), metrics->value[METRIC_CPU] > 50);
    case 1:
        return of_three(metrics_has(metrics, METRIC_MEM_USED),
                        metrics->value[METRIC_MEM_USED] < 1024 * MIB);
    case 2:
        return of_three(true, guest->facts.kind == KIND_CONTAINER);
    case 3:
        return of_three(true, guest->state != STATE_PAUSED);
    case 4:
        return of_three(guest->facts.autostart >= 0, guest->facts.autostart == 1);
    case 5:
        return of_three(true, guest->facts.name[0] == 'a');
    case 6:
        return of_three(true, strstr(guest->facts.name, "beta") != NULL);
    default:
        return of_three(metrics_has(metrics, METRIC_OOM_KILLS),
                        metrics->value[METRIC_OOM_KILLS] >= 1);
    }
}

/* Kleene's tables: no < unknown < yes. */
static enum query_answer value_of(const struct tree *tree, const struct guest *guest)
{
    if (tree->kind == LEAF)
        return leaf_of(tree->leaf, guest);
    enum query_answer left = value_of(tree->left, guest);
    if (tree->kind == NOT)
        return (enum query_answer)(QUERY_YES - (int)left);
    enum query_answer right = value_of(tree->right, guest);
    return (tree->kind == AND) == (left < right) ? left : right;
}

static void add_any_guests(void)
{
    char key[16], name[16];

    for (int i = 0; i < 24; i++) {
        snprintf(key, sizeof(key), "%c%d", dice(2) ? 'M' : 'c', i);
        snprintf(name, sizeof(name), dice(2) ? "a%d" : "beta%d", i % 10);
        struct guest *guest = add(key, name);
        guest->facts.autostart = (int)dice(3) - 1;
        guest->state = dice(3) ? STATE_RUNNING : STATE_PAUSED;
        if (dice(3))
            with(guest, METRIC_CPU, dice(100) + 0.5);
        if (dice(3))
            with(guest, METRIC_MEM_USED, dice(2) ? 500 * MIB : 3000 * MIB);
        if (dice(3))
            with(guest, METRIC_OOM_KILLS, dice(2));
    }
}

START_TEST(trees_are_read_as_they_are_written)
{
    dice_state = 42;
    add_any_guests();
    for (int i = 0; i < 3000; i++) {
        struct tree *tree = grow((int)dice(4));
        char text[2000] = "";

        print(tree, text);
        /* A single text that is no query may be a flag or hold spaces. */
        if (strlen(text) <= QUERY_TEXT_MAX && strpbrk(text, "(!&|=<>~")) {
            struct query *query = compile(text);
            for (size_t j = 0; j < world_guest_count(world); j++)
                ck_assert_msg(query_ask(query, world, world_guest_at(world, j), NOW) ==
                                  value_of(tree, world_guest_at(world, j)),
                              "%s of guest %zu", text, j);
            query_free(query);
        }
        fell(tree);
    }
}
END_TEST

START_TEST(de_morgan_holds)
{
    dice_state = 7;
    add_any_guests();
    for (int i = 0; i < 500; i++) {
        const char *a = leaves[dice(8)], *b = leaves[dice(8)];
        char text[4][200];

        snprintf(text[0], 200, "!(%s & %s)", a, b);
        snprintf(text[1], 200, "!(%s) | !(%s)", a, b);
        snprintf(text[2], 200, "!(%s | %s)", a, b);
        snprintf(text[3], 200, "!(%s) & !(%s)", a, b);
        const struct guest *guest = world_guest_at(world, dice(24));
        ck_assert_int_eq(ask(text[0], guest), ask(text[1], guest));
        ck_assert_int_eq(ask(text[2], guest), ask(text[3], guest));
        /* Opposite signs are opposites. */
        for (int op = 0; op < 3; op++) {
            static const char *const pairs[3][2] = {{"=", "!="}, {"<", ">="}, {">", "<="}};
            unsigned than = dice(100);

            snprintf(text[0], 200, "!(cpu%s%u.5)", pairs[op][0], than);
            snprintf(text[1], 200, "cpu%s%u.5", pairs[op][1], than);
            ck_assert_int_eq(ask(text[0], guest), ask(text[1], guest));
        }
    }
}
END_TEST

START_TEST(anything_may_be_typed)
{
    static const char *const pieces[] = {
        "cpu",  "name", "mem%", "state", "=",  "!=",   "<",  ">=",  "~",      "!~", "!",
        "(",    ")",    "&",    "|",     "\"", "\\",   "80", "90%", "1.5G",   " ",  "a",
        "kind", "ct",   "[",    "{1,9}", "*",  "\xff", "é",  "#",   "paused", "."};
    const struct guest *guest = add("A", "a");

    dice_state = 1;
    for (int i = 0; i < 4000; i++) {
        struct query_error err = {.at = 0};
        char text[300] = "";

        for (unsigned j = dice(12); j-- > 0;)
            strcat(text, pieces[dice(sizeof(pieces) / sizeof(pieces[0]))]);
        struct query *query = query_new(text, &err);
        if (query)
            query_ask(query, world, guest, NOW);
        else
            ck_assert_msg(err.at <= strlen(text) && err.message[0], "%s", text);
        query_free(query);
        query_complete(text, take, NULL);
        offered[0] = '\0';
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("model_query");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, what_a_filter_finds);
    tcase_add_test(tests, errors_point_at_what_is_wrong);
    tcase_add_test(tests, what_is_unknown_matches_neither_way);
    tcase_add_test(tests, figures_compare_as_they_are_shown);
    tcase_add_test(tests, problems_are_words_and_a_flag);
    tcase_add_test(tests, texts_go_on);
    tcase_add_test(tests, trees_are_read_as_they_are_written);
    tcase_add_test(tests, de_morgan_holds);
    tcase_add_test(tests, anything_may_be_typed);
    Suite *suite = suite_create("model_query");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
