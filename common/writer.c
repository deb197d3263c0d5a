#include "common/writer.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/memory.h"

/* Most replies fit; a writer that needed more keeps what it grew to. */
#define FIRST_SIZE 512

/* msgpack_sbuffer_write starts at 8 KiB and reports a failed allocation to a packer whose callers
 * do not look: a body would go out with a hole in it. This one cannot fail. */
static int s_append(void *arg, const char *data, size_t size)
{
    msgpack_sbuffer *buffer = arg;

    if (size > buffer->alloc - buffer->size) {
        size_t alloc = buffer->alloc ? buffer->alloc * 2 : FIRST_SIZE;
        while (alloc < buffer->size + size)
            alloc *= 2;
        /* Not realloc, which leaves the old bytes behind: they may be a password's. */
        char *larger = lex_malloc(alloc);
        if (buffer->data) {
            memcpy(larger, buffer->data, buffer->size);
            sodium_memzero(buffer->data, buffer->size);
            free(buffer->data);
        }
        buffer->data = larger;
        buffer->alloc = alloc;
    }
    if (size > 0)
        memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    return 0;
}

void lex_writer_init(lex_writer_t *self)
{
    msgpack_sbuffer_init(&self->buffer);
    msgpack_packer_init(&self->packer, &self->buffer, s_append);
}

void lex_writer_clear(lex_writer_t *self)
{
    msgpack_sbuffer_clear(&self->buffer);
}

void lex_writer_close(lex_writer_t *self)
{
    if (self->buffer.data)
        sodium_memzero(self->buffer.data, self->buffer.size);
    msgpack_sbuffer_destroy(&self->buffer);
    msgpack_sbuffer_init(&self->buffer);
}

void lex_write_map(lex_writer_t *self, size_t pairs)
{
    msgpack_pack_map(&self->packer, pairs);
}

void lex_write_array(lex_writer_t *self, size_t items)
{
    msgpack_pack_array(&self->packer, items);
}

void lex_write_str(lex_writer_t *self, const char *text, size_t size)
{
    msgpack_pack_str(&self->packer, size);
    msgpack_pack_str_body(&self->packer, text, size);
}

void lex_write_text(lex_writer_t *self, const char *text)
{
    lex_write_str(self, text, strlen(text));
}

void lex_write_bin(lex_writer_t *self, const void *data, size_t size)
{
    msgpack_pack_bin(&self->packer, size);
    msgpack_pack_bin_body(&self->packer, data, size);
}

void lex_write_uint(lex_writer_t *self, uint64_t value)
{
    msgpack_pack_uint64(&self->packer, value);
}

void lex_write_bool(lex_writer_t *self, bool value)
{
    if (value)
        msgpack_pack_true(&self->packer);
    else
        msgpack_pack_false(&self->packer);
}

void lex_put_str(lex_writer_t *self, const char *key, const char *text, size_t size)
{
    lex_write_text(self, key);
    lex_write_str(self, text, size);
}

void lex_put_text(lex_writer_t *self, const char *key, const char *text)
{
    lex_write_text(self, key);
    lex_write_text(self, text);
}

void lex_put_bin(lex_writer_t *self, const char *key, const void *data, size_t size)
{
    lex_write_text(self, key);
    lex_write_bin(self, data, size);
}

void lex_put_uint(lex_writer_t *self, const char *key, uint64_t value)
{
    lex_write_text(self, key);
    lex_write_uint(self, value);
}

void lex_put_bool(lex_writer_t *self, const char *key, bool value)
{
    lex_write_text(self, key);
    lex_write_bool(self, value);
}

void lex_write_request(lex_writer_t *self, const unsigned char id[16], const char *op,
                       const void *token, size_t token_size, size_t arguments)
{
    lex_writer_clear(self);
    lex_write_map(self, (token ? 4 : 3) + arguments);
    lex_put_uint(self, "v", 1);
    lex_put_bin(self, "id", id, LEX_ID_SIZE);
    lex_put_text(self, "op", op);
    if (token)
        lex_put_bin(self, "tok", token, token_size);
}

void lex_write_ok(lex_writer_t *self, const unsigned char id[16], size_t results)
{
    lex_writer_clear(self);
    lex_write_map(self, 2 + results);
    lex_put_bin(self, "id", id, LEX_ID_SIZE);
    lex_put_bool(self, "ok", true);
}

void lex_write_error(lex_writer_t *self, const unsigned char *id, lex_code_t code,
                     const char *message, uint64_t retry_ms)
{
    lex_writer_clear(self);
    lex_write_map(self, id ? 3 : 2);
    if (id)
        lex_put_bin(self, "id", id, LEX_ID_SIZE);
    lex_put_bool(self, "ok", false);
    lex_write_text(self, "err");
    lex_write_map(self, retry_ms > 0 ? 3 : 2);
    lex_put_text(self, "code", lex_code_name(code));
    lex_put_text(self, "msg", message ? message : "");
    if (retry_ms > 0)
        lex_put_uint(self, "retry_ms", retry_ms);
}
