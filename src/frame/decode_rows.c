#include "base/alloc.h"
#include "frame/decode.h"
#include "frame/pack.h"

#define COLUMNS_MAX 64 /* later versions may know more fields than we do, within reason */

static void decode_columns(struct reader *reader, unsigned char *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[64] = "";
        reader_string_into(reader, name, sizeof(name));
        columns[i] = (unsigned char)field_from_name(name);
    }
}

static void decode_row(struct reader *reader, int64_t at_ns, const unsigned char *columns,
                       size_t column_count, struct frame_row *row)
{
    size_t count = reader_array(reader, ROW_HEAD, SIZE_MAX);
    size_t values = count < ROW_HEAD ? 0 : count - ROW_HEAD;
    int64_t age, sampled_ns;

    row->handle = (uint32_t)reader_uint(reader, UINT32_MAX);
    row->state = (enum guest_state)reader_uint(reader, STATE_COUNT - 1);
    row->reason = reader_text(reader);
    row->blame = reader_text(reader);
    if (row->handle == 0)
        reader->bad = true;
    if (reader_nil(reader)) {
        reader_skip(reader, values);
        return;
    }
    age = reader_int(reader, INT64_MIN, INT64_MAX);
    if (__builtin_sub_overflow(at_ns, age, &sampled_ns) || sampled_ns <= 0)
        reader->bad = true;
    else
        row->sample.at_ns = sampled_ns;
    for (size_t i = 0; i < values && i < column_count && !reader->bad; i++) {
        if (columns[i] == FIELD_COUNT)
            reader_skip(reader, 1);
        else if (!reader_nil(reader))
            sample_set(&row->sample, (enum field)columns[i], reader_uint(reader, UINT64_MAX));
    }
    if (values > column_count)
        reader_skip(reader, values - column_count);
}

void decode_rows(struct reader *reader, size_t count, struct frame *frame)
{
    unsigned char columns[COLUMNS_MAX];
    int64_t at_ns = reader_int(reader, 0, INT64_MAX);
    size_t column_count = reader_array(reader, 0, COLUMNS_MAX);
    size_t rows;

    decode_columns(reader, columns, column_count);
    rows = reader_array(reader, 0, FRAME_MAX_ROWS);
    if (reader->bad)
        return;
    /* A row takes at least its head: a frame of a few bytes cannot make us allocate thousands. */
    if (rows > (size_t)(reader->end - reader->at) / (ROW_HEAD + 1)) {
        reader->bad = true;
        return;
    }
    frame->u.rows.row = xcalloc(rows ? rows : 1, sizeof(*frame->u.rows.row));
    frame->u.rows.count = rows;
    for (size_t i = 0; i < rows && !reader->bad; i++)
        decode_row(reader, at_ns, columns, column_count, &frame->u.rows.row[i]);
    reader_skip(reader, count - 3);
}
