/* Markup of any kind, told by the first byte, as plain text. */

#include "tests/fuzz/fuzz.h"

#include "common/text.h"
#include "dict/format.h"
#include "dict/markup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char headword[] = "word";
    if (size == 0)
        return 0;
    markup_kind_t kind = (markup_kind_t)(data[0] % (MARKUP_MEDIAWIKI + 1));
    text_buffer_t out = {0};
    text_buffer_add(&out, "x", 1);
    bool fits =
        markup_to_text(kind, headword, strlen(headword), (const char *)data + 1, size - 1, &out);
    const char *text = out.data + 1;
    size_t length = out.size - 1;
    FUZZ_CHECK(fits && out.data[0] == 'x');
    FUZZ_CHECK(lex_text_is_utf8(text, length));
    FUZZ_CHECK(length == 0 || (text[0] != '\n' && text[0] != ' '));
    FUZZ_CHECK(length == 0 || (text[length - 1] != '\n' && text[length - 1] != ' '));
    FUZZ_CHECK(!memmem(text, length, "\n\n\n", 3));
    FUZZ_CHECK(!memmem(text, length, " \n", 2));
    text_buffer_free(&out);
    return 0;
}
