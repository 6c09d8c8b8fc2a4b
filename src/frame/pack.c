#include "frame/pack.h"

#include <string.h>

#include "base/alloc.h"
#include "frame/frame.h"

static int append(void *data, const char *bytes, size_t len)
{
    msgpack_sbuffer *buf = data;

    if (buf->alloc - buf->size < len) {
        size_t size = buf->alloc ? buf->alloc : 256;
        while (size - buf->size < len)
            size *= 2;
        buf->data = xrealloc(buf->data, size, 1);
        buf->alloc = size;
    }
    memcpy(buf->data + buf->size, bytes, len);
    buf->size += len;
    return 0;
}

void pack_init(msgpack_packer *pk, msgpack_sbuffer *buf)
{
    msgpack_packer_init(pk, buf, append);
}

void pack_text_max(msgpack_packer *pk, const char *text, size_t max)
{
    if (!text) {
        msgpack_pack_nil(pk);
        return;
    }
    size_t len = strnlen(text, max);
    msgpack_pack_bin(pk, len);
    msgpack_pack_bin_body(pk, text, len);
}

void pack_text(msgpack_packer *pk, const char *text)
{
    pack_text_max(pk, text, FRAME_MAX_STRING);
}

size_t pack_open(msgpack_sbuffer *buf)
{
    size_t start = buf->size;

    append(buf, "\0\0\0\0", 4);
    return start;
}

void pack_close(msgpack_sbuffer *buf, size_t start)
{
    uint32_t len = (uint32_t)(buf->size - start - 4);

    for (int i = 0; i < 4; i++)
        buf->data[start + (size_t)i] = (char)(len >> (8 * i) & 0xff);
}

static void pack_cpu(msgpack_packer *pk, const struct host_cpu *cpu)
{
    msgpack_pack_uint64(pk, cpu->user_ns);
    msgpack_pack_uint64(pk, cpu->system_ns);
    msgpack_pack_uint64(pk, cpu->iowait_ns);
    msgpack_pack_uint64(pk, cpu->steal_ns);
    msgpack_pack_uint64(pk, cpu->idle_ns);
}

static void pack_devices(msgpack_packer *pk, const struct host_device *device, int count)
{
    size_t n = count < 0 ? 0 : count > HOST_DEVICES_MAX ? HOST_DEVICES_MAX : (size_t)count;

    msgpack_pack_array(pk, n);
    for (size_t i = 0; i < n; i++) {
        msgpack_pack_array(pk, 1 + HOST_DEVICE_NUMBERS);
        pack_text(pk, device[i].name);
        msgpack_pack_uint64(pk, device[i].in_bytes);
        msgpack_pack_uint64(pk, device[i].out_bytes);
        msgpack_pack_uint64(pk, device[i].in_ops);
        msgpack_pack_uint64(pk, device[i].out_ops);
        msgpack_pack_uint64(pk, device[i].errors);
        msgpack_pack_uint64(pk, device[i].drops);
    }
}

void pack_host(msgpack_packer *pk, const struct host_sample *host)
{
    size_t cpus = host->cpus < 0               ? 0
                  : host->cpus > HOST_CPUS_MAX ? HOST_CPUS_MAX
                                               : (size_t)host->cpus;
    unsigned has = (host->has_cpu ? HOST_HAS_CPU : 0u) | (host->has_memory ? HOST_HAS_MEMORY : 0u) |
                   (host->has_load ? HOST_HAS_LOAD : 0u) | (host->has_psi ? HOST_HAS_PSI : 0u) |
                   (host->has_devices ? HOST_HAS_DEVICES : 0u);

    msgpack_pack_array(pk, 15);
    msgpack_pack_uint8(pk, FRAME_HOST);
    msgpack_pack_int64(pk, host->at_ns);
    pack_text(pk, host->name);
    msgpack_pack_uint64(pk, host->uptime_s);
    msgpack_pack_unsigned_int(pk, has);
    msgpack_pack_array(pk, (cpus + 1) * HOST_CPU_NUMBERS);
    pack_cpu(pk, &host->total);
    for (size_t i = 0; i < cpus; i++)
        pack_cpu(pk, &host->cpu[i]);
    msgpack_pack_uint64(pk, host->mem_total);
    msgpack_pack_uint64(pk, host->mem_free);
    msgpack_pack_uint64(pk, host->mem_available);
    msgpack_pack_uint64(pk, host->mem_cache);
    msgpack_pack_uint64(pk, host->swap_total);
    msgpack_pack_uint64(pk, host->swap_used);
    msgpack_pack_array(pk, 6);
    for (int i = 0; i < 3; i++)
        msgpack_pack_double(pk, host->load[i]);
    msgpack_pack_double(pk, host->psi_cpu);
    msgpack_pack_double(pk, host->psi_mem);
    msgpack_pack_double(pk, host->psi_io);
    pack_devices(pk, host->disk, host->disks);
    pack_devices(pk, host->link, host->links);
}
