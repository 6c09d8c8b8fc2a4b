/* From facts to findings, from findings to a verdict, from a verdict to a sentence. */
#include "model/isolation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"

#define ABOUT_MAX 128

#define CAP(number) (UINT64_C(1) << (number))
#define CAP_NET_ADMIN CAP(12)
/* What changes the host itself, not only what a namespace holds: sys_module, sys_rawio, sys_time,
 * mac_override, mac_admin. */
#define CAPS_HOST (CAP(16) | CAP(17) | CAP(25) | CAP(32) | CAP(33))
/* dac_read_search, sys_ptrace, sys_admin, sys_boot, mknod, syslog, perfmon, bpf. */
#define CAPS_WIDE (CAP(2) | CAP(19) | CAP(21) | CAP(22) | CAP(27) | CAP(34) | CAP(38) | CAP(39))

static const struct {
    const char *key, *words;
    int weight, privileged;
} infos[ISOLATION_KEY_COUNT] = {
#define INFO(id, key, weight, privileged, words) \
    [ISOLATION_##id##_FOUND] = {key, words, weight, privileged},
    ISOLATION_FINDING_LIST(INFO)
#undef INFO
};

const char *isolation_verdict_word(enum isolation_verdict verdict)
{
    static const char *const words[] = {[ISOLATION_UNKNOWN] = "unknown",
                                        [ISOLATION_STRONG] = "strong",
                                        [ISOLATION_FAIR] = "fair",
                                        [ISOLATION_WEAK] = "weak"};

    return words[verdict];
}

const char *isolation_finding_key(enum isolation_key key)
{
    return infos[key].key;
}

static void forget_findings(struct isolation *isolation)
{
    for (size_t i = 0; i < isolation->findings; i++)
        free(isolation->finding[i].about);
    free(isolation->finding);
    isolation->finding = NULL;
    isolation->findings = 0;
}

void isolation_clear(struct isolation *isolation)
{
    isolation_facts_clear(&isolation->facts);
    forget_findings(isolation);
    free(isolation->overlap);
    isolation->overlap = NULL;
}

/* What judging needs at hand. */
struct judge {
    struct isolation *isolation;
    const struct isolation_facts *facts;
    bool privileged; /* root inside is root outside */
};

/* Found, about ABOUT (NULL is fine), in the order of weight. */
static void found(struct judge *judge, enum isolation_key key, const char *about)
{
    struct isolation *isolation = judge->isolation;
    int weight = judge->privileged ? infos[key].privileged : infos[key].weight;
    size_t at = isolation->findings;

    if (weight == 0)
        return;
    isolation->finding =
        xrealloc(isolation->finding, isolation->findings + 1, sizeof(*isolation->finding));
    while (at > 0 && isolation->finding[at - 1].weight < weight) {
        isolation->finding[at] = isolation->finding[at - 1];
        at--;
    }
    isolation->finding[at] = (struct isolation_finding){
        .key = key, .weight = weight, .about = about ? xstrndup(about, ABOUT_MAX) : NULL};
    isolation->findings++;
}

/* A fact that decides: false when it is unknown, which is noted. */
static bool need(struct judge *judge, enum isolation_fact fact)
{
    if (judge->facts->at[fact].known)
        return true;
    judge->isolation->missing |= UINT32_C(1) << fact;
    return false;
}

static bool has_text(const struct judge *judge, enum isolation_fact fact, const char *text)
{
    const char *value = isolation_text(judge->facts, fact);
    return value && strcmp(value, text) == 0;
}

/* "/srv/data and 2 more" of a list. */
static void first_of(const struct isolation_value *list, char *dst, size_t size)
{
    if (list->number > 1)
        snprintf(dst, size, "%.80s and %llu more", list->text[0],
                 (unsigned long long)list->number - 1);
    else
        snprintf(dst, size, "%.80s", list->text[0]);
}

static void found_list(struct judge *judge, enum isolation_key key, enum isolation_fact fact)
{
    const struct isolation_value *list = &judge->facts->at[fact];
    char about[ABOUT_MAX];

    if (!list->known || list->count == 0)
        return;
    first_of(list, about, sizeof(about));
    found(judge, key, about);
}

/* "sys_module and sys_time": the capabilities of MASK. */
static void caps_words(uint64_t mask, char *dst, size_t size)
{
    size_t len = 0;

    dst[0] = '\0';
    for (unsigned i = 0; i < 64 && len + 1 < size; i++) {
        const char *name = isolation_cap_name(i);
        if (mask >> i & 1 && name)
            len += (size_t)snprintf(dst + len, size - len, "%s%s", len ? " " : "", name);
    }
}

static void found_caps(struct judge *judge, enum isolation_key key, uint64_t mask)
{
    char about[ABOUT_MAX];

    if (!mask)
        return;
    caps_words(mask, about, sizeof(about));
    found(judge, key, about);
}

static void judge_profile(struct judge *judge)
{
    if (!need(judge, ISOLATION_FACT_DRIVER))
        return;
    if (has_text(judge, ISOLATION_FACT_DRIVER, "none"))
        found(judge, ISOLATION_NO_PROFILE_FOUND, "the host has no AppArmor or SELinux");
    else if (has_text(judge, ISOLATION_FACT_MODE, "unconfined"))
        found(judge, ISOLATION_NO_PROFILE_FOUND, "no security profile");
    else if (has_text(judge, ISOLATION_FACT_MODE, "complain"))
        found(judge, ISOLATION_NO_PROFILE_FOUND, "its security profile only complains");
}

static void judge_seccomp(struct judge *judge)
{
    if (need(judge, ISOLATION_FACT_SECCOMP) && has_text(judge, ISOLATION_FACT_SECCOMP, "off"))
        found(judge, ISOLATION_NO_SECCOMP_FOUND, NULL);
}

static bool is_all_devices(const char *rule)
{
    return strncmp(rule, "a *:*", 5) == 0;
}

/* A rule that lets block devices be read or written, not only their nodes be made. */
static bool is_disk(const char *rule)
{
    const char *access = strrchr(rule, ' ');
    return rule[0] == 'b' && access && strpbrk(access, "rw");
}

static void judge_devices(struct judge *judge)
{
    const struct isolation_value *rules = &judge->facts->at[ISOLATION_FACT_DEVICES];

    for (size_t i = 0; i < rules->count; i++) {
        if (is_all_devices(rules->text[i])) {
            found(judge, ISOLATION_DEVICES_ALL_FOUND, NULL);
            return;
        }
    }
    for (size_t i = 0; i < rules->count; i++) {
        if (is_disk(rules->text[i])) {
            found(judge, ISOLATION_DEVICES_DISK_FOUND, rules->text[i]);
            return;
        }
    }
}

static void judge_spaces(struct judge *judge)
{
    static const enum isolation_key keys[SPACE_COUNT] = {
        [SPACE_USER] = ISOLATION_KEY_COUNT, /* told as root is root */
        [SPACE_MNT] = ISOLATION_SHARED_MNT_FOUND, [SPACE_PID] = ISOLATION_SHARED_PID_FOUND,
        [SPACE_NET] = ISOLATION_SHARED_NET_FOUND, [SPACE_IPC] = ISOLATION_SHARED_IPC_FOUND,
        [SPACE_UTS] = ISOLATION_SHARED_UTS_FOUND, [SPACE_CGROUP] = ISOLATION_SHARED_CGROUP_FOUND};
    uint64_t shared = judge->facts->at[ISOLATION_FACT_SHARED].number;

    if (!need(judge, ISOLATION_FACT_SHARED))
        return;
    for (int i = 0; i < SPACE_COUNT; i++)
        if (shared >> i & 1 && keys[i] != ISOLATION_KEY_COUNT)
            found(judge, keys[i], NULL);
}

static void judge_caps(struct judge *judge)
{
    const struct isolation_value *caps = &judge->facts->at[ISOLATION_FACT_CAP_BND];
    bool host_net = judge->facts->at[ISOLATION_FACT_SHARED].number >> SPACE_NET & 1;

    if (!caps->known)
        return;
    if (caps->number & CAP_NET_ADMIN && host_net)
        found(judge, ISOLATION_HOST_NETWORK_ADMIN_FOUND, NULL);
    found_caps(judge, ISOLATION_CAPS_HOST_FOUND, caps->number & CAPS_HOST);
    found_caps(judge, ISOLATION_CAPS_WIDE_FOUND, caps->number & CAPS_WIDE);
}

static void judge_container(struct judge *judge)
{
    const struct isolation_facts *facts = judge->facts;
    bool shares_user = facts->at[ISOLATION_FACT_SHARED].number >> SPACE_USER & 1;

    judge->privileged = isolation_maps_root(facts) || shares_user;
    if (!shares_user)
        need(judge, ISOLATION_FACT_UID_MAP);
    found(judge, ISOLATION_PRIVILEGED_FOUND, NULL);
    judge_spaces(judge);
    judge_caps(judge);
    judge_devices(judge);
    found_list(judge, ISOLATION_SYSTEM_WRITABLE_FOUND, ISOLATION_FACT_SYSTEM_WRITABLE);
    need(judge, ISOLATION_FACT_WRITABLE);
    found_list(judge, ISOLATION_HOST_WRITABLE_FOUND, ISOLATION_FACT_WRITABLE);
    if (facts->at[ISOLATION_FACT_NESTING].number)
        found(judge, ISOLATION_NESTING_FOUND, NULL);
    if (judge->isolation->overlap)
        found(judge, ISOLATION_ID_OVERLAP_FOUND, judge->isolation->overlap);
}

static void judge_qemu(struct judge *judge)
{
    const struct isolation_facts *facts = judge->facts;
    uint64_t caps = facts->at[ISOLATION_FACT_CAP_EFF].number;
    char about[ABOUT_MAX];

    if (!need(judge, ISOLATION_FACT_UID) || !need(judge, ISOLATION_FACT_CAP_EFF))
        return;
    bool root = facts->at[ISOLATION_FACT_UID].number == 0;
    if (root && caps) {
        snprintf(about, sizeof(about), "%d of them", __builtin_popcountll(caps));
        found(judge, ISOLATION_QEMU_ROOT_FOUND, about);
    } else if (root) {
        found(judge, ISOLATION_QEMU_ROOT_BARE_FOUND, NULL);
    } else {
        found_caps(judge, ISOLATION_QEMU_CAPS_FOUND, caps & (CAPS_HOST | CAPS_WIDE));
    }
}

static void judge_vfio(struct judge *judge)
{
    const struct isolation_value *devices = &judge->facts->at[ISOLATION_FACT_VFIO];

    for (size_t i = 0; i < devices->count; i++) {
        if (strstr(devices->text[i], "no IOMMU")) {
            found(judge, ISOLATION_VFIO_NO_IOMMU_FOUND, devices->text[i]);
            return;
        }
    }
    found_list(judge, ISOLATION_VFIO_FOUND, ISOLATION_FACT_VFIO);
}

/* What libvirt calls tainted; what it says of old configuration concerns nobody's isolation. */
static void judge_messages(struct judge *judge)
{
    const struct isolation_value *messages = &judge->facts->at[ISOLATION_FACT_MESSAGES];

    for (size_t i = 0; i < messages->count; i++) {
        if (strncmp(messages->text[i], "tainted: ", 9) == 0) {
            found(judge, ISOLATION_TAINTED_FOUND, messages->text[i]);
            return;
        }
    }
}

static void judge_machine(struct judge *judge)
{
    if (need(judge, ISOLATION_FACT_ACCEL) && !has_text(judge, ISOLATION_FACT_ACCEL, "kvm"))
        found(judge, ISOLATION_EMULATED_FOUND, NULL);
    judge_qemu(judge);
    need(judge, ISOLATION_FACT_GRAPHICS);
    found_list(judge, ISOLATION_GRAPHICS_OPEN_FOUND, ISOLATION_FACT_GRAPHICS_OPEN);
    found_list(judge, ISOLATION_HOST_WRITABLE_FOUND, ISOLATION_FACT_WRITABLE);
    judge_vfio(judge);
    judge_messages(judge);
    if (judge->facts->at[ISOLATION_FACT_NESTED].number)
        found(judge, ISOLATION_NESTED_FOUND, NULL);
}

void isolation_judge(struct isolation *isolation, enum guest_kind kind)
{
    struct judge judge = {.isolation = isolation, .facts = &isolation->facts};

    forget_findings(isolation);
    isolation->missing = 0;
    if (kind == KIND_CONTAINER)
        judge_container(&judge);
    else
        judge_machine(&judge);
    judge_profile(&judge);
    judge_seccomp(&judge);

    int worst = isolation->findings ? isolation->finding[0].weight : 0;
    isolation->verdict = worst >= ISOLATION_WEIGHT_WEAK   ? ISOLATION_WEAK
                         : isolation->missing             ? ISOLATION_UNKNOWN
                         : worst >= ISOLATION_WEIGHT_FAIR ? ISOLATION_FAIR
                                                          : ISOLATION_STRONG;
}

void isolation_finding_text(const struct isolation_finding *finding, char *dst, size_t size)
{
    const char *words = infos[finding->key].words, *slot = strstr(words, "%s");
    const char *about = finding->about ? finding->about : "";
    CLEANUP_FREE char *text =
        slot ? xasprintf("%.*s%s%s", (int)(slot - words), words, about, slot + 2) : xstrdup(words);

    text_sanitise_into(dst, size, text, strlen(text));
}

/* "seccomp, security driver cannot be read". */
static void missing_text(uint32_t missing, char *dst, size_t size)
{
    size_t len = 0;

    for (int i = 0; i < ISOLATION_FACT_COUNT && len + 1 < size; i++)
        if (missing >> i & 1)
            len += (size_t)snprintf(dst + len, size - len, "%s%s", len ? ", " : "",
                                    isolation_fact_words((enum isolation_fact)i));
    if (len + 1 < size)
        snprintf(dst + len, size - len, " cannot be read");
}

/* TEXT behind what is in DST, or nothing at all where it does not fit whole. */
static bool join(char *dst, size_t size, const char *between, const char *text)
{
    size_t len = strlen(dst), more = strlen(between) + strlen(text);

    if (len + more >= size)
        return false;
    snprintf(dst + len, size - len, "%s%s", between, text);
    return true;
}

void isolation_sentence(const struct isolation *isolation, char *dst, size_t size)
{
    char text[ISOLATION_SENTENCE_MAX];
    const char *between = ": ";

    snprintf(dst, size, "%s", isolation_verdict_word(isolation->verdict));
    if (isolation->verdict == ISOLATION_UNKNOWN && isolation->missing) {
        missing_text(isolation->missing, text, sizeof(text));
        join(dst, size, between, text);
        between = ", ";
    }
    for (size_t i = 0; i < isolation->findings; i++) {
        isolation_finding_text(&isolation->finding[i], text, sizeof(text));
        if (!join(dst, size, between, text))
            break;
        between = ", ";
    }
}
