#include "lookup-svc/soundex.h"

#define SOUNDEX_DIGITS 3
#define SOUNDEX_BASE   7 /* digits are 0 to 6 */

/* Classes of a to z. */
static const char s_classes[] = "01230120022455012623010202";

uint16_t soundex_code(const char *key, size_t size)
{
    unsigned code = 0, digits = 0;
    char last = '0';
    for (size_t i = 0; i < size && digits < SOUNDEX_DIGITS; i++) {
        if (key[i] < 'a' || key[i] > 'z')
            continue;
        char class = s_classes[key[i] - 'a'];
        if (code == 0) {
            code = (unsigned)(key[i] - 'a') + 1;
        } else if (class != '0' && class != last) {
            code = code * SOUNDEX_BASE + (unsigned)(class - '0');
            digits++;
        }
        last = class;
    }
    for (; code > 0 && digits < SOUNDEX_DIGITS; digits++)
        code *= SOUNDEX_BASE;
    return (uint16_t)code;
}
