/* Unicode decomposes é into e and an accent, but not ø: a bar, a hook or a ligature is part of the
 * letter. People without the key on their keyboard write the plain letter all the same, and the
 * apostrophe and hyphen of ASCII for the typographic ones. */

#include "common/text_letters.h"

#include <stddef.h>

/* Ordered by code point. No capitals: keys are casefolded. */
static const struct {
    unsigned short code;
    char plain[3];
} s_letters[] = {
    {0x00DF, "ss"}, /* ß */
    {0x00E6, "ae"}, /* æ */
    {0x00F0, "d"},  /* ð */
    {0x00F8, "o"},  /* ø */
    {0x00FE, "th"}, /* þ */
    {0x0111, "d"},  /* đ */
    {0x0127, "h"},  /* ħ */
    {0x0131, "i"},  /* ı */
    {0x0138, "k"},  /* ĸ */
    {0x0142, "l"},  /* ł */
    {0x014B, "n"},  /* ŋ */
    {0x0153, "oe"}, /* œ */
    {0x0167, "t"},  /* ŧ */
    {0x0180, "b"},  /* ƀ */
    {0x0188, "c"},  /* ƈ */
    {0x0192, "f"},  /* ƒ */
    {0x0199, "k"},  /* ƙ */
    {0x019A, "l"},  /* ƚ */
    {0x019E, "n"},  /* ƞ */
    {0x01A5, "p"},  /* ƥ */
    {0x01AD, "t"},  /* ƭ */
    {0x01B4, "y"},  /* ƴ */
    {0x01B6, "z"},  /* ƶ */
    {0x01DD, "e"},  /* ǝ */
    {0x01E5, "g"},  /* ǥ */
    {0x0225, "z"},  /* ȥ */
    {0x0237, "j"},  /* ȷ */
    {0x023C, "c"},  /* ȼ */
    {0x0247, "e"},  /* ɇ */
    {0x0249, "j"},  /* ɉ */
    {0x024B, "q"},  /* ɋ */
    {0x024D, "r"},  /* ɍ */
    {0x024F, "y"},  /* ɏ */
    {0x0253, "b"},  /* ɓ */
    {0x0254, "o"},  /* ɔ */
    {0x0256, "d"},  /* ɖ */
    {0x0257, "d"},  /* ɗ */
    {0x0259, "e"},  /* ə */
    {0x025B, "e"},  /* ɛ */
    {0x0260, "g"},  /* ɠ */
    {0x0268, "i"},  /* ɨ */
    {0x0272, "n"},  /* ɲ */
    {0x0275, "o"},  /* ɵ */
    {0x0288, "t"},  /* ʈ */
    {0x0289, "u"},  /* ʉ */
    {0x028B, "v"},  /* ʋ */
    {0x0292, "z"},  /* ʒ */
    {0x02BB, "'"},  /* ʻ */
    {0x02BC, "'"},  /* ʼ */
    {0x2010, "-"},  /* ‐ */
    {0x2013, "-"},  /* – */
    {0x2018, "'"},  /* ‘ */
    {0x2019, "'"},  /* ’ */
    {0x2C65, "a"},  /* ⱥ */
    {0x2C66, "t"},  /* ⱦ */
};

const char *lex_text_letter(int code)
{
    size_t low = 0, high = sizeof s_letters / sizeof s_letters[0];

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (s_letters[middle].code == code)
            return s_letters[middle].plain;
        if (s_letters[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
