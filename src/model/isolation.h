/* What stands between a guest and its host, and what that is worth: facts that were read from the
 * running system, findings that follow from them, a verdict.  Pure.
 *
 * A fact that could not be read is unknown: it is never taken for good, and never for bad. */
#ifndef VCTOP_MODEL_ISOLATION_H
#define VCTOP_MODEL_ISOLATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/state.h"

#define ISOLATION_LIST_MAX 16      /* texts of one fact; what is more is counted only */
#define ISOLATION_TEXT_BYTES 256   /* of one text; a longer one is cut */
#define ISOLATION_SENTENCE_MAX 400 /* bytes, terminator included */

#define ISOLATION_UPLINK " -> " /* between a bridge and its uplink in NETWORK */

enum isolation_form {
    ISOLATION_FLAG,   /* 0 or 1 */
    ISOLATION_NUMBER, /* plain */
    ISOLATION_CAPS,   /* bit per capability, as the kernel numbers them */
    ISOLATION_SPACES, /* bit per enum isolation_space */
    ISOLATION_TEXT,
    ISOLATION_LIST /* of texts */
};

/* X(id, JSON key, form, words, source).  "The process" is the container's init or the machine's
 * QEMU. */
#define ISOLATION_FACT_LIST(X) \
    X(ACCEL, "acceleration", TEXT, "acceleration", \
      "\"kvm\" when it holds a virtual machine of KVM, else \"tcg\"") \
    X(UID, "uid", NUMBER, "user id on the host", "effective Uid in /proc/PID/status") \
    X(UID_MAP, "uid_map", LIST, "user ids", "/proc/PID/uid_map: \"inside outside count\" each") \
    X(GID_MAP, "gid_map", LIST, "group ids", "/proc/PID/gid_map") \
    X(SHARED, "shared_namespaces", SPACES, "namespaces of the host", \
      "/proc/PID/ns, the same as pid 1's") \
    X(SECCOMP, "seccomp", TEXT, "seccomp", "Seccomp in /proc/PID/status: off, strict, filter") \
    X(DRIVER, "security_driver", TEXT, "security driver", \
      "apparmor, selinux, other or none: who answers /proc/PID/attr") \
    X(PROFILE, "profile", TEXT, "profile in force", "/proc/PID/attr/current without its mode") \
    X(MODE, "profile_mode", TEXT, "profile's mode", \
      "enforce, complain, unconfined or what AppArmor says") \
    X(SECLABEL, "seclabel", TEXT, "label that libvirt gave", "the domain's XML") \
    X(CAP_EFF, "cap_effective", CAPS, "capabilities in force", "CapEff in /proc/PID/status") \
    X(CAP_BND, "cap_bounding", CAPS, "capabilities within reach", "CapBnd in /proc/PID/status") \
    X(NO_NEW_PRIVS, "no_new_privs", FLAG, "no_new_privs", "NoNewPrivs in /proc/PID/status") \
    X(NESTING, "nesting", FLAG, "nesting", "proc below /dev/.lxc, or the profile's name") \
    X(DEVICE_CONTROL, "device_control", TEXT, "device control", \
      "\"list\" (cgroup v1) or \"bpf\" (v2), whose rules cannot be read") \
    X(DEVICES, "device_rules", LIST, "device rules", "devices.list of its cgroup") \
    X(WRITABLE, "host_paths_writable", LIST, "host paths, writable", \
      "mountinfo of it and of the host; shares of a machine") \
    X(SYSTEM_WRITABLE, "system_paths_writable", LIST, "proc and sys, writable", \
      "mountinfo of the container") \
    X(MACHINE, "machine_type", TEXT, "machine type", "-machine") \
    X(FIRMWARE, "firmware", TEXT, "firmware", "\"uefi\" when it has flash for one, else \"bios\"") \
    X(SECURE_BOOT, "secure_boot", FLAG, "Secure Boot", \
      "flash that only system management mode may write") \
    X(TPM, "tpm", TEXT, "TPM", "-tpmdev; \"none\"") \
    X(SEV, "memory_encryption", TEXT, "memory encryption", \
      "-object sev-guest and its like; \"none\"") \
    X(MODELS, "device_models", LIST, "disks and links", \
      "-device, -drive, -nic: what they are to the guest; a domain's XML names buses") \
    X(NESTED, "nested_virtualisation", FLAG, "nested virtualisation", \
      "-cpu, and the host's kvm module") \
    X(VFIO, "vfio", LIST, "devices of the host", "-device vfio-…, with their IOMMU groups") \
    X(GRAPHICS, "graphics", LIST, "graphics", "-vnc, -spice: where they listen") \
    X(GRAPHICS_OPEN, "graphics_open", LIST, "graphics without a password", \
      "those that listen beyond loopback") \
    X(MESSAGES, "messages", LIST, "libvirt says", "virDomainGetMessages") \
    X(CPUS, "cpus", TEXT, "CPUs it may run on", \
      "Cpus_allowed_list in /proc/PID/status; of a machine the threads of its virtual CPUs") \
    X(NETWORK, "network", LIST, "network, outwards", \
      "\"br0 -> eno1\": bridge and uplink of each of its links, from /sys/class/net")

enum isolation_fact {
#define ISOLATION_FACT_ENUM(id, json, form, words, source) ISOLATION_FACT_##id,
    ISOLATION_FACT_LIST(ISOLATION_FACT_ENUM)
#undef ISOLATION_FACT_ENUM
    ISOLATION_FACT_COUNT
};

const char *isolation_fact_json(enum isolation_fact fact);
const char *isolation_fact_words(enum isolation_fact fact); /* for people */
enum isolation_form isolation_fact_form(enum isolation_fact fact);
/* It is said of guests of KIND at all. */
bool isolation_fact_concerns(enum isolation_fact fact, enum guest_kind kind);

enum isolation_space {
    SPACE_USER,
    SPACE_MNT,
    SPACE_PID,
    SPACE_NET,
    SPACE_IPC,
    SPACE_UTS,
    SPACE_CGROUP,
    SPACE_COUNT
};

/* "user", "mnt", ...: as in /proc/PID/ns. */
const char *isolation_space_name(enum isolation_space space);

/* "sys_admin"; NULL for a number that we have no name for. */
const char *isolation_cap_name(unsigned cap);

struct isolation_value {
    bool known;
    uint64_t number; /* flag, number or mask; of a list how many there were before it was cut */
    char **text;     /* owned: one for ISOLATION_TEXT, else COUNT */
    size_t count;
};

/* Raw in a child, sanitised in the world.  Zeroed: nothing is known. */
struct isolation_facts {
    struct isolation_value at[ISOLATION_FACT_COUNT];
};

void isolation_facts_clear(struct isolation_facts *facts);
void isolation_set_number(struct isolation_facts *facts, enum isolation_fact fact, uint64_t value);
/* TEXT is copied, cut where it is too long.  NULL leaves the fact unknown. */
void isolation_set_text(struct isolation_facts *facts, enum isolation_fact fact, const char *text);
/* The list is known from now on, if empty. */
void isolation_begin_list(struct isolation_facts *facts, enum isolation_fact fact);
void isolation_add(struct isolation_facts *facts, enum isolation_fact fact, const char *text);
/* What TO does not know is taken from FROM. */
void isolation_facts_fill(struct isolation_facts *to, const struct isolation_facts *from);

/* The text of a fact, NULL when it is unknown. */
const char *isolation_text(const struct isolation_facts *facts, enum isolation_fact fact);

enum isolation_verdict {
    ISOLATION_UNKNOWN, /* what decides could not be read, and what could is not weak */
    ISOLATION_STRONG,
    ISOLATION_FAIR,
    ISOLATION_WEAK
};

/* "strong", "fair", "weak", "unknown". */
const char *isolation_verdict_word(enum isolation_verdict verdict);

/* From WEAK on a finding makes the whole weak, from FAIR on fair; below it is only told. */
#define ISOLATION_WEIGHT_WEAK 60
#define ISOLATION_WEIGHT_FAIR 20

/* X(id, key, weight, weight where root inside is root outside, words).  %s is what it is about. */
#define ISOLATION_FINDING_LIST(X) \
    X(PRIVILEGED, "privileged", 0, 100, "root in the container is root on the host") \
    X(SHARED_MNT, "shared_mnt", 95, 95, "shares the host's mounts") \
    X(HOST_NETWORK_ADMIN, "net_admin", 0, 92, "may change the host's network") \
    X(VFIO_NO_IOMMU, "vfio_no_iommu", 90, 90, "has a device of the host without an IOMMU (%s)") \
    X(DEVICES_ALL, "devices_all", 15, 88, "may use every device") \
    X(CAPS_HOST, "caps_host", 0, 86, "keeps %s") \
    X(SYSTEM_WRITABLE, "system_writable", 0, 84, "may write %s") \
    X(GRAPHICS_OPEN, "graphics_open", 82, 82, "%s is open without a password") \
    X(SHARED_PID, "shared_pid", 80, 80, "sees the host's processes") \
    X(DEVICES_DISK, "devices_disk", 15, 78, "may use disks of the host (%s)") \
    X(QEMU_ROOT, "qemu_root", 70, 70, "QEMU is root with capabilities (%s)") \
    X(QEMU_CAPS, "qemu_caps", 65, 65, "QEMU keeps %s") \
    X(HOST_WRITABLE, "host_writable", 35, 64, "may write %s of the host") \
    X(EMULATED, "emulated", 60, 60, "emulated, which QEMU does not call a border") \
    X(NO_SECCOMP, "no_seccomp", 50, 58, "no seccomp") \
    X(NO_PROFILE, "no_profile", 48, 56, "%s") \
    X(SHARED_NET, "shared_net", 46, 54, "shares the host's network") \
    X(QEMU_ROOT_BARE, "qemu_root_bare", 45, 45, "QEMU is root, without capabilities") \
    X(SHARED_IPC, "shared_ipc", 42, 42, "shares the host's IPC") \
    X(CAPS_WIDE, "caps_wide", 0, 38, "keeps %s") \
    X(ID_OVERLAP, "id_overlap", 34, 0, "shares its user ids with %s") \
    X(NESTING, "nesting", 12, 32, "may run containers inside") \
    X(VFIO, "vfio", 25, 25, "has a device of the host (%s)") \
    X(TAINTED, "tainted", 22, 22, "%s") \
    X(SHARED_UTS, "shared_uts", 14, 14, "shares the host's name") \
    X(NESTED, "nested", 10, 10, "may run machines inside") \
    X(SHARED_CGROUP, "shared_cgroup", 8, 8, "sees the host's cgroups")

enum isolation_key {
#define ISOLATION_KEY_ENUM(id, key, weight, privileged, words) ISOLATION_##id##_FOUND,
    ISOLATION_FINDING_LIST(ISOLATION_KEY_ENUM)
#undef ISOLATION_KEY_ENUM
    ISOLATION_KEY_COUNT
};

struct isolation_finding {
    enum isolation_key key;
    int weight;
    char *about; /* owned; NULL: nothing to add */
};

/* All of one guest, in one of its lives. */
struct isolation {
    struct isolation_facts facts;
    enum isolation_verdict verdict;
    struct isolation_finding *finding; /* owned, the weightiest first */
    size_t findings;
    uint32_t missing; /* bit per isolation_fact that decides and is unknown */
    char *overlap;    /* owned, sanitised: who else has some of its user ids; NULL: nobody */
};

void isolation_clear(struct isolation *isolation);
/* Derives the rest from the facts and OVERLAP of a guest that runs. */
void isolation_judge(struct isolation *isolation, enum guest_kind kind);

const char *isolation_finding_key(enum isolation_key key); /* for JSON */
/* Its words, without a stop, into DST: terminated, never a torn character. */
void isolation_finding_text(const struct isolation_finding *finding, char *dst, size_t size);

/* "weak: root in the container is root on the host, no seccomp": the verdict with its reasons, the
 * weightiest first, as many as SIZE (ISOLATION_SENTENCE_MAX is plenty) holds. */
void isolation_sentence(const struct isolation *isolation, char *dst, size_t size);

/* One line of a value for people ("0-65535 -> 100000-165535", "sys_admin mknod", "yes"), "-" when
 * it is unknown.  For a list INDEX is which text, else 0. */
void isolation_value_text(const struct isolation_facts *facts, enum isolation_fact fact,
                          size_t index, char *dst, size_t size);

/* The map of user or group ids gives the inside an id that is the host's root. */
bool isolation_maps_root(const struct isolation_facts *facts);

/* "inside outside count", as in /proc/PID/uid_map; false when TEXT is none. */
struct isolation_range {
    uint64_t inside, outside, count;
};
bool isolation_range_parse(const char *text, struct isolation_range *ret);

#endif
