/* dictzip, gzip and plain text files, honest and hostile. */

#include "tests/unit/dict/scratch.h"

#include <fcntl.h>

#include "dict/dictzip.h"
#include "dict/dictzip_header.h"
#include "dict/store.h"
#include "tests/unit/dict/packer.h"

#define DATA_SIZE  20000
#define CHUNK_SIZE 8 /* 2,500 chunks: more than are cached */

static scratch_t s_scratch;
static unsigned char s_data[DATA_SIZE];

static int s_setup(void **state)
{
    (void)state;
    scratch_open(&s_scratch);
    uint32_t seed = 1;
    for (size_t i = 0; i < DATA_SIZE; i++) {
        seed = seed * 1664525 + 1013904223;
        s_data[i] = (unsigned char)("etaoin shrdlu\n"[(seed >> 24) % 14]);
    }
    return 0;
}

static int s_teardown(void **state)
{
    (void)state;
    scratch_close(&s_scratch);
    return 0;
}

static store_t *s_open(const char *name, const void *data, size_t size)
{
    char *error;
    store_t *store =
        store_open(scratch_write(&s_scratch, name, data, size), STORE_UNPACKED_MAX, &error);
    assert_int_equal(store == NULL, error != NULL);
    free(error);
    return store;
}

static void s_assert_range(store_t *store, uint64_t offset, size_t size)
{
    unsigned char out[DATA_SIZE + 1];
    out[size] = 0xA5;
    assert_int_equal(store_read(store, offset, size, out), 0);
    assert_memory_equal(out, s_data + offset, size);
    assert_int_equal(out[size], 0xA5);
}

/* The edges of chunks and of the file, and what lies outside of it. */
static void s_assert_reads(store_t *store)
{
    static const size_t lengths[] = {
        0, 1, 2, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 5 * CHUNK_SIZE};
    assert_int_equal(store_size(store), DATA_SIZE);
    for (size_t offset = 0; offset <= DATA_SIZE; offset += offset % 3 ? 85 : 1) {
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            if (lengths[i] <= DATA_SIZE - offset)
                s_assert_range(store, offset, lengths[i]);
        }
    }
    s_assert_range(store, 0, DATA_SIZE);
    s_assert_range(store, DATA_SIZE - 1, 1);
    s_assert_range(store, DATA_SIZE, 0);
    unsigned char out[8];
    assert_int_equal(store_read(store, DATA_SIZE, 1, out), -1);
    assert_int_equal(store_read(store, DATA_SIZE - 1, 2, out), -1);
    assert_int_equal(store_read(store, DATA_SIZE + 1, 0, out), -1);
    assert_int_equal(store_read(store, UINT64_MAX, 8, out), -1);
    assert_int_equal(store_read(store, 1, SIZE_MAX, out), -1);
}

static void test_kinds_of_files(void **state)
{
    (void)state;
    static const packer_options_t kinds[] = {
        {.chunk_size = CHUNK_SIZE},
        {.chunk_size = CHUNK_SIZE, .other_field_first = true},
        {.chunk_size = CHUNK_SIZE, .name_and_comment = true, .header_crc = true},
        {.chunk_size = CHUNK_SIZE, .close_in_last = true},
        {.chunk_size = CHUNK_SIZE, .no_random_access = true},
        {.chunk_size = 58315},
        {.chunk_size = DATA_SIZE},
        {.chunk_size = DATA_SIZE / 2},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        packed_t packed = packer_pack(s_data, DATA_SIZE, &kinds[i]);
        store_t *store = s_open("kind.dict.dz", packed.data, packed.size);
        assert_non_null(store);
        s_assert_reads(store);
        store_close(&store);
        store_close(&store);
        free(packed.data);
    }
    store_t *store = s_open("plain.dict", s_data, DATA_SIZE);
    s_assert_reads(store);
    store_close(&store);
}

/* Cut off anywhere, a packed file is an error: no length passes for whole. */
static void s_assert_cut_off_is_refused(const packer_options_t *options)
{
    packed_t packed = packer_pack(s_data, 3000, options);
    for (size_t size = 0; size < packed.size; size++)
        assert_null(s_open("cut.dict.dz", packed.data, size));
    store_t *store = s_open("cut.dict.dz", packed.data, packed.size);
    assert_non_null(store);
    store_close(&store);
    free(packed.data);
}

static void test_cut_off(void **state)
{
    (void)state;
    s_assert_cut_off_is_refused(&(packer_options_t){.chunk_size = 512});
    s_assert_cut_off_is_refused(&(packer_options_t){.chunk_size = 512,
                                                    .other_field_first = true,
                                                    .name_and_comment = true,
                                                    .header_crc = true,
                                                    .close_in_last = true});
    s_assert_cut_off_is_refused(&(packer_options_t){.chunk_size = 512, .no_random_access = true});
}

/* A byte changed anywhere behind the head is noticed. In the head it may be meaningless (the time),
 * but then the text is the same. */
static void test_damage(void **state)
{
    (void)state;
    packed_t packed = packer_pack(s_data, 3000, &(packer_options_t){.chunk_size = 512});
    for (size_t i = 0; i < packed.size; i++) {
        packed.data[i] ^= 0x55;
        store_t *store = s_open("bad.dict.dz", packed.data, packed.size);
        if (i >= packed.data_start)
            assert_null(store);
        if (store && store_size(store) == 3000)
            s_assert_range(store, 0, 3000);
        store_close(&store);
        packed.data[i] ^= 0x55;
    }
    free(packed.data);
}

/* Writes a little-endian number of two bytes into the RA field and expects the file to be refused.
 */
static void s_assert_field_is_refused(size_t at, uint16_t value)
{
    packed_t packed = packer_pack(s_data, 3000, &(packer_options_t){.chunk_size = 512});
    packed.data[packed.field + at] = (unsigned char)value;
    packed.data[packed.field + at + 1] = (unsigned char)(value >> 8);
    assert_null(s_open("field.dict.dz", packed.data, packed.size));
    free(packed.data);
}

static void test_hostile_fields(void **state)
{
    (void)state;
    s_assert_field_is_refused(0, 2); /* version */
    s_assert_field_is_refused(2, 0); /* chunk size */
    s_assert_field_is_refused(2, 511);
    s_assert_field_is_refused(2, 513);
    s_assert_field_is_refused(2, UINT16_MAX);
    s_assert_field_is_refused(4, 0); /* number of chunks */
    s_assert_field_is_refused(4, 5);
    s_assert_field_is_refused(4, UINT16_MAX);
    s_assert_field_is_refused(6, 0); /* packed size of the first chunk */
    s_assert_field_is_refused(6, UINT16_MAX);
    s_assert_field_is_refused((size_t)-2, 5); /* length of the subfield */
    s_assert_field_is_refused((size_t)-2, 7);
    s_assert_field_is_refused((size_t)-2, UINT16_MAX);
}

static void test_header(void **state)
{
    (void)state;
    dictzip_header_t header;
    unsigned char head[64] = "\x1f\x8b\x08\x00\0\0\0\0\0\3";
    assert_null(dictzip_header_parse(head, 10, &header));
    assert_int_equal(header.chunk_size, 0);
    assert_int_equal(header.data_start, 10);
    head[3] = 0x20;
    assert_non_null(dictzip_header_parse(head, 10, &header)); /* a flag that is not known */
    head[3] = 0x04;
    assert_non_null(dictzip_header_parse(head, 11, &header));
    memcpy(head + 10, "\x03\0XY\0", 5);
    assert_non_null(dictzip_header_parse(head, 15, &header)); /* half a subfield */
    memcpy(head + 10, "\x0c\0RA\x08\0\1\0\2\0\1\0\x34\x12", 14);
    assert_null(dictzip_header_parse(head, 24, &header));
    assert_int_equal(header.chunk_size, 2);
    assert_int_equal(header.chunks, 1);
    assert_int_equal(dictzip_header_packed(&header, 0), 0x1234);
    head[3] = 0x0c;
    memset(head + 24, 'n', 40);
    assert_non_null(dictzip_header_parse(head, 64, &header)); /* a name without an end */
    head[2] = 7;
    assert_non_null(dictzip_header_parse(head, 64, &header));
}

/* Chunks that lean on one another: flushed, but not fully. */
static void test_chunks_that_do_not_stand_alone(void **state)
{
    (void)state;
    static const char text[] = "the same words over and over, the same words over and over ";
    packed_t packed = packer_pack(text, 58, &(packer_options_t){.chunk_size = 29});
    z_stream stream = {0};
    deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    packed.size = packed.data_start;
    for (int i = 0; i < 2; i++) {
        stream.next_in = (unsigned char *)text + 29 * i;
        stream.avail_in = 29;
        stream.next_out = packed.data + packed.size;
        stream.avail_out = 200;
        deflate(&stream, Z_SYNC_FLUSH);
        packed.data[packed.field + 6 + 2 * i] = (unsigned char)(200 - stream.avail_out);
        packed.size += 200 - stream.avail_out;
    }
    deflateEnd(&stream);
    packer_put(&packed, "\3\0", 2);
    packer_put_number(&packed, crc32(0, (const unsigned char *)text, 58), 4);
    packer_put_number(&packed, 58, 4);
    assert_null(s_open("lean.dict.dz", packed.data, packed.size));
    free(packed.data);
}

static void test_unpacked_cap(void **state)
{
    (void)state;
    packed_t packed = packer_pack(
        s_data, DATA_SIZE, &(packer_options_t){.chunk_size = CHUNK_SIZE, .no_random_access = true});
    const char *path = scratch_write(&s_scratch, "cap.dict.dz", packed.data, packed.size);
    char *error;
    assert_null(store_open(path, DATA_SIZE - 1, &error));
    assert_non_null(strstr(error, "more than is allowed"));
    free(error);
    store_t *store = store_open(path, DATA_SIZE, &error);
    assert_non_null(store);
    store_close(&store);
    free(packed.data);
}

/* dictzip_read guards itself, whoever calls it. */
static void test_range_without_a_store(void **state)
{
    (void)state;
    packed_t packed = packer_pack(s_data, 3000, &(packer_options_t){.chunk_size = 512});
    int fd = open(scratch_write(&s_scratch, "range.dz", packed.data, packed.size), O_RDONLY);
    char *error;
    dictzip_t *dictzip = dictzip_open(fd, &error);
    unsigned char out[512];
    assert_int_equal(dictzip_size(dictzip), 3000);
    assert_int_equal(dictzip_read(dictzip, 2999, 1, out), 0);
    assert_int_equal(dictzip_read(dictzip, 3000, 0, out), 0);
    assert_int_equal(dictzip_read(dictzip, 2999, 2, out), -1);
    assert_int_equal(dictzip_read(dictzip, UINT64_MAX, 2, out), -1);
    assert_int_equal(dictzip_read(dictzip, 2, SIZE_MAX, out), -1);
    dictzip_close(&dictzip);
    close(fd);
    free(packed.data);
}

static void test_not_a_file(void **state)
{
    (void)state;
    char *error;
    assert_null(store_open(s_scratch.folder, STORE_UNPACKED_MAX, &error));
    free(error);
    assert_null(store_open("/nonexistent.dict", STORE_UNPACKED_MAX, &error));
    free(error);
    assert_null(s_open("text.dict.dz", "plain text", 10));
    store_t *store = s_open("empty.dict", "", 0);
    assert_int_equal(store_size(store), 0);
    assert_int_equal(store_read(store, 0, 0, NULL), 0);
    store_close(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_of_files),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_hostile_fields),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_chunks_that_do_not_stand_alone),
        cmocka_unit_test(test_unpacked_cap),
        cmocka_unit_test(test_range_without_a_store),
        cmocka_unit_test(test_not_a_file),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
