#include "client/exits.h"

int exit_code(lexmq_status_t status)
{
    switch (status) {
    case LEXMQ_OK:
        return EXIT_DONE;
    case LEXMQ_BAD_REQUEST:
    case LEXMQ_UNAUTHORIZED:
    case LEXMQ_FORBIDDEN:
    case LEXMQ_NOT_FOUND:
    case LEXMQ_CONFLICT:
    case LEXMQ_RATE_LIMITED:
        return EXIT_REFUSED;
    case LEXMQ_BUSY:
    case LEXMQ_TIMEOUT:
    case LEXMQ_UNAVAILABLE:
    case LEXMQ_UNREACHABLE:
        return EXIT_UNREACHABLE;
    case LEXMQ_CANCELLED:
        return EXIT_CANCELLED;
    case LEXMQ_TOO_LARGE:
    case LEXMQ_SERVER_ERROR:
        break;
    }
    return EXIT_SERVER;
}
