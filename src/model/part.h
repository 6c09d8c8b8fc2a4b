/* The parts of the one selected guest: its disks, links, threads and processes, each with counters
 * of its own.  Its worker says all of them at once; the world keeps the last two reports of one
 * life and makes rates of them, part by part. */
#ifndef VCTOP_MODEL_PART_H
#define VCTOP_MODEL_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PARTS_MAX 512 /* of one guest; what is more is left out, the busiest first */
#define PART_WORDS 4

enum part_kind {
    PART_DISK,     /* name "vda", or the host's device that a container's I/O reached ("sda") */
    PART_LINK,     /* name as the guest has it ("eth0") or its MAC */
    PART_VCPU,     /* a thread that runs a virtual CPU; name "vCPU 0" */
    PART_EMULATOR, /* QEMU's other threads, by their names; a container's monitor */
    PART_IOTHREAD, /* "iothread 1" */
    PART_PROCESS,  /* of a container; name is the command's */
    PART_MEMORY,   /* one: the segments of its memory */
    PART_KINDS
};

/* X(id, wire name, COUNTER or GAUGE, unit).  Disks and links are the guest's view, as in field.h.
 */
#define PART_FIELD_LIST(X) \
    X(READ, "read", COUNTER, "bytes") \
    X(WRITE, "write", COUNTER, "bytes") \
    X(READ_OPS, "read_ops", COUNTER, "operations") \
    X(WRITE_OPS, "write_ops", COUNTER, "operations") \
    X(FLUSH_OPS, "flush_ops", COUNTER, "operations") \
    X(READ_NS, "read_ns", COUNTER, "ns that reads took in all; with the operations: latency") \
    X(WRITE_NS, "write_ns", COUNTER, "ns") \
    X(FLUSH_NS, "flush_ns", COUNTER, "ns") \
    X(ALLOCATION, "allocation", GAUGE, "bytes that the image takes on the host") \
    X(CAPACITY, "capacity", GAUGE, "bytes that the guest sees") \
    X(RX, "rx", COUNTER, "bytes") \
    X(TX, "tx", COUNTER, "bytes") \
    X(RX_PACKETS, "rx_packets", COUNTER, "packets") \
    X(TX_PACKETS, "tx_packets", COUNTER, "packets") \
    X(RX_ERRORS, "rx_errors", COUNTER, "packets") \
    X(TX_ERRORS, "tx_errors", COUNTER, "packets") \
    X(RX_DROPS, "rx_drops", COUNTER, "packets, at the guest's end of the link") \
    X(TX_DROPS, "tx_drops", COUNTER, "packets") \
    X(BRIDGE_DROPS, "bridge_drops", COUNTER, "packets, both ways, at the bridge's own link") \
    X(UPLINK_DROPS, "uplink_drops", COUNTER, "packets, both ways, at the uplink") \
    X(CPU, "cpu", COUNTER, "ns") \
    X(WAIT, "wait", COUNTER, "ns, runnable but not running") \
    X(LAST_CPU, "last_cpu", GAUGE, "number of the host CPU it ran on last") \
    X(TID, "tid", GAUGE, "of the thread, as the host numbers it") \
    X(RSS, "rss", GAUGE, "bytes") \
    X(USED, "used", GAUGE, "bytes in use; with CACHE and FREE all that the guest has") \
    X(CACHE, "cache", GAUGE, "bytes of file cache; of a container what USED leaves out") \
    X(FREE, "free", GAUGE, "bytes that the guest has free") \
    X(BALLOON, "balloon", GAUGE, "bytes that the balloon leaves the guest") \
    X(LIMIT, "limit", GAUGE, "bytes") \
    X(HOST, "host", GAUGE, "bytes that the host spends") \
    X(SWAP, "swap", GAUGE, "bytes that lie in the host's swap") \
    X(SWAP_IN, "swap_in", COUNTER, "bytes, as the guest itself counts") \
    X(SWAP_OUT, "swap_out", COUNTER, "bytes") \
    X(MAJOR_FAULTS, "major_faults", COUNTER, \
      "page faults that needed a disk; a machine's own count") \
    X(SHARED, "shared", GAUGE, "bytes of tmpfs and shared memory") \
    X(KERNEL, "kernel", GAUGE, "bytes of kernel memory")

enum part_field {
#define PART_FIELD_ENUM(id, name, kind, unit) PART_FIELD_##id,
    PART_FIELD_LIST(PART_FIELD_ENUM)
#undef PART_FIELD_ENUM
    PART_FIELD_COUNT
};

/* Strings are owned; raw in a report, sanitised in the world; NULL for unknown. */
struct part {
    enum part_kind kind;
    uint32_t
        number; /* a pid or tid, the number of a vCPU; else 0.  With kind and name its identity */
    char *name;
    char *words[PART_WORDS]; /* disk: image, format, pool.  Link: host's end ("vnet3"), bridge,
                                uplink, address.  Thread: state letter, allowed CPUs ("0-3").
                                Process: state letter, command line, user. */
    int64_t at_ns;           /* CLOCK_MONOTONIC of the figures; of a machine's memory when the guest
                                reported them, though HOST and SWAP are newer.  0: none yet */
    uint64_t valid;          /* bit per enum part_field */
    uint64_t value[PART_FIELD_COUNT];
};

static inline void part_set(struct part *part, enum part_field field, uint64_t value)
{
    part->value[field] = value;
    part->valid |= UINT64_C(1) << field;
}

static inline bool part_has(const struct part *part, enum part_field field)
{
    return part->valid >> field & 1;
}

struct parts {
    struct part *part; /* owned, in the order of their kinds */
    size_t count;
    uint32_t left_out; /* how many there were beyond PARTS_MAX */
    uint32_t none;     /* PART_BITs of kinds that the guest is known to have none of */
};

void parts_clear(struct parts *parts);
void parts_copy(struct parts *dst, const struct parts *src); /* dst is overwritten, not cleared */

/* One more at the end of a list that only this has made; a copy of NAME is taken.  The pointer is
 * valid until the next call. */
struct part *parts_add(struct parts *parts, enum part_kind kind, uint32_t number, const char *name);

/* Drops all that are not of the KINDS (PART_BITs). */
void parts_keep(struct parts *parts, unsigned kinds);

#define PART_BIT(kind) (1u << (kind)) /* in what is wanted */
#define PARTS_ALL (PART_BIT(PART_KINDS) - 1)
/* With them: of every guest how long its disks take (DISK_READ_TIME, DISK_WRITE_TIME), at leisure.
 */
#define PARTS_DISK_TIMES PART_BIT(PART_KINDS)

const char *part_field_name(enum part_field field); /* on the wire */
/* The field of that wire name, PART_FIELD_COUNT when there is none. */
enum part_field part_field_from_name(const char *name);
bool part_field_is_counter(enum part_field field);

/* ---- feeding and asking the world; pointers stay valid until the next feeding call ---- */

struct guest;
struct world;

/* All parts of the guest that SOURCE calls HANDLE, in place of those of whoever was reported last.
 * A part that is as old as in the last report is the same measurement said again. */
void world_parts(struct world *world, const char *source, uint32_t handle,
                 const struct parts *parts, int64_t now_ns);

/* The last report when it is of GUEST and its present life, sanitised; NULL: there is none. */
const struct parts *world_parts_of(const struct world *world, const struct guest *guest);

/* What a counter of PART, one of world_parts_of(), grew by a second (for ns: in a second).  False:
 * unknown, as in metrics_compute(). */
bool world_part_rate(const struct world *world, const struct part *part, enum part_field field,
                     double *ret);
/* The mean time of an operation in ns: what TIME grew by for each that OPS grew by.  False:
 * unknown, or there was no operation. */
bool world_part_latency(const struct world *world, const struct part *part, enum part_field time,
                        enum part_field ops, double *ret);

/* TO gets the parts that FROM knows, when it has the guest too. */
void world_parts_copy(struct world *to, const struct world *from);

#endif
