/* What a person, a pipe or a file gives the client: lines of input, the session file, and the command line; parted by separators. */

#include <fcntl.h>

#include "client/line_reader.h"
#include "client/options.h"
#include "client/session_file.h"
#include "tests/fuzz/fuzz_files.h"

#define LINE_BYTES    64
#define ARGUMENTS_MAX 64

/* Every byte of the file belongs to one line, and every line that is taken fits. */
static void s_read_lines(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    line_reader_t *reader = line_reader_new(fd);
    line_result_t result;
    do {
        char line[LINE_BYTES + 1];
        FUZZ_CHECK(line_reader_is_ready(reader));
        result = line_reader_next(reader, line, LINE_BYTES);
        if (result == LINE_READ)
            FUZZ_CHECK(strlen(line) <= LINE_BYTES && !strchr(line, '\n'));
    } while (result != LINE_END);
    line_reader_destroy(&reader);
    close(fd);
}

/* A session that was loaded, saved and loaded again, is the same. */
static void s_read_session(const char *path)
{
    session_t session, again;
    char why[512] = "";
    session_state_t state = session_file_load(path, &session, why, sizeof why);
    FUZZ_CHECK(state != SESSION_NONE && (state == SESSION_LOADED || *why));
    if (state != SESSION_LOADED)
        return;
    FUZZ_CHECK(session.token_size >= 1 && session.token_size <= LEXMQ_TOKEN_MAX);
    FUZZ_CHECK(session_file_save(path, &session, why, sizeof why));
    FUZZ_CHECK(session_file_load(path, &again, why, sizeof why) == SESSION_LOADED);
    FUZZ_CHECK(memcmp(&session, &again, sizeof session) == 0);
}

static void s_read_options(const uint8_t *data, size_t size)
{
    char *argv[ARGUMENTS_MAX + 2] = {(char *)"lexmq"}, *text = malloc(size + 1), *rest = text,
                               *line;
    int argc = 1, exit_code = -1;
    memcpy(text, data, size);
    text[size] = '\0';
    while (argc < ARGUMENTS_MAX && (line = strsep(&rest, "\n")))
        argv[argc++] = line;
    options_t *options = options_new(argc, argv, &exit_code);
    FUZZ_CHECK(options || exit_code == 0 || exit_code == 2);
    if (options) {
        FUZZ_CHECK(options->argument_count < argc && options->timeout_ms >= 100);
        FUZZ_CHECK(options->tag_count <= LEXMQ_TAGS_MAX &&
                   options->field_count <= LEXMQ_FIELDS_MAX);
        FUZZ_CHECK(options->limit <= OPTIONS_LIMIT_MAX && options->last <= OPTIONS_LAST_MAX);
    }
    options_destroy(&options);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_files_t files;
    size_t part_size;
    fuzz_files_open(&files);
    setenv("LEXMQ_CONFIG", "/dev/null", 1);
    const uint8_t *part = fuzz_part(&data, &size, &part_size);
    s_read_session(fuzz_files_add(&files, "session", part, part_size));
    part = fuzz_part(&data, &size, &part_size);
    s_read_options(part, part_size);
    s_read_lines(fuzz_files_add(&files, "lines", data, size));
    fuzz_files_close(&files);
    return 0;
}
