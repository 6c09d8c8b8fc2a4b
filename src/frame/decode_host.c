#include "base/alloc.h"
#include "frame/decode.h"
#include "frame/pack.h"

static void decode_cpu(struct reader *reader, struct host_cpu *cpu)
{
    cpu->user_ns = reader_uint(reader, UINT64_MAX);
    cpu->system_ns = reader_uint(reader, UINT64_MAX);
    cpu->iowait_ns = reader_uint(reader, UINT64_MAX);
    cpu->steal_ns = reader_uint(reader, UINT64_MAX);
    cpu->idle_ns = reader_uint(reader, UINT64_MAX);
}

static int decode_devices(struct reader *reader, struct host_device *device)
{
    size_t count = reader_array(reader, 0, HOST_DEVICES_MAX);

    for (size_t i = 0; i < count && !reader->bad; i++) {
        size_t elements = reader_array(reader, 1 + HOST_DEVICE_NUMBERS, SIZE_MAX);
        reader_string_into(reader, device[i].name, sizeof(device[i].name));
        device[i].in_bytes = reader_uint(reader, UINT64_MAX);
        device[i].out_bytes = reader_uint(reader, UINT64_MAX);
        device[i].in_ops = reader_uint(reader, UINT64_MAX);
        device[i].out_ops = reader_uint(reader, UINT64_MAX);
        device[i].errors = reader_uint(reader, UINT64_MAX);
        device[i].drops = reader_uint(reader, UINT64_MAX);
        if (!reader->bad)
            reader_skip(reader, elements - 1 - HOST_DEVICE_NUMBERS);
    }
    return (int)count;
}

static void decode_averages(struct reader *reader, struct host_sample *host)
{
    size_t count = reader_array(reader, 6, SIZE_MAX);

    for (int i = 0; i < 3; i++)
        host->load[i] = reader_double(reader);
    host->psi_cpu = reader_double(reader);
    host->psi_mem = reader_double(reader);
    host->psi_io = reader_double(reader);
    if (!reader->bad)
        reader_skip(reader, count - 6);
}

void decode_host(struct reader *reader, size_t count, struct frame *frame)
{
    struct host_sample *host = xcalloc(1, sizeof(*host));
    uint64_t has;
    size_t numbers;

    frame->u.host = host;
    host->at_ns = reader_int(reader, 1, INT64_MAX);
    reader_string_into(reader, host->name, sizeof(host->name));
    host->uptime_s = reader_uint(reader, UINT64_MAX);
    has = reader_uint(reader, UINT64_MAX);
    host->has_cpu = has & HOST_HAS_CPU;
    host->has_memory = has & HOST_HAS_MEMORY;
    host->has_load = has & HOST_HAS_LOAD;
    host->has_psi = has & HOST_HAS_PSI;
    host->has_devices = has & HOST_HAS_DEVICES;

    numbers = reader_array(reader, HOST_CPU_NUMBERS, (1 + HOST_CPUS_MAX) * HOST_CPU_NUMBERS);
    if (numbers % HOST_CPU_NUMBERS != 0)
        reader->bad = true;
    if (reader->bad)
        return;
    decode_cpu(reader, &host->total);
    host->cpus = (int)(numbers / HOST_CPU_NUMBERS) - 1;
    for (int i = 0; i < host->cpus; i++)
        decode_cpu(reader, &host->cpu[i]);

    host->mem_total = reader_uint(reader, UINT64_MAX);
    host->mem_free = reader_uint(reader, UINT64_MAX);
    host->mem_available = reader_uint(reader, UINT64_MAX);
    host->mem_cache = reader_uint(reader, UINT64_MAX);
    host->swap_total = reader_uint(reader, UINT64_MAX);
    host->swap_used = reader_uint(reader, UINT64_MAX);
    decode_averages(reader, host);
    host->disks = decode_devices(reader, host->disk);
    host->links = decode_devices(reader, host->link);
    if (!reader->bad)
        reader_skip(reader, count - 14);
}
