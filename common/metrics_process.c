/* What is the same in every program. The names without a prefix are Prometheus's own for what a process is. */

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "common/metrics.h"

/* Fields of /proc/self/stat behind the name, proc(5): state is the first. */
enum { FIELD_STARTED = 19, FIELD_VIRTUAL = 20, FIELD_RESIDENT = 21 };

/* The number at `field` of /proc/self/stat; 0 when it cannot be read. */
static unsigned long long s_stat(const char *stat, int field)
{
    const char *at = strrchr(stat, ')');
    for (int i = 0; at && i <= field; i++) {
        at = strchr(at + 1, ' ');
    }
    unsigned long long number = 0;
    return at && sscanf(at, "%llu", &number) == 1 ? number : 0;
}

static void s_read_stat(char *out, size_t size)
{
    FILE *file = fopen("/proc/self/stat", "re");
    size_t got = file ? fread(out, 1, size - 1, file) : 0;
    out[got] = '\0';
    if (file)
        fclose(file);
}

/* Seconds since 1970 at which the machine started, as /proc/stat says it. */
static double s_boot_time(void)
{
    char line[256];
    double seconds = 0;
    FILE *file = fopen("/proc/stat", "re");
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "btime %lf", &seconds) == 1)
            break;
    }
    if (file)
        fclose(file);
    return seconds;
}

static unsigned s_open_files(void)
{
    unsigned count = 0;
    DIR *folder = opendir("/proc/self/fd");
    const struct dirent *entry;
    while (folder && (entry = readdir(folder)))
        count += entry->d_name[0] != '.';
    if (folder)
        closedir(folder);
    return count > 0 ? count - 1 : 0; /* without the one that reads them */
}

static void s_put_processor(lex_metrics_t *self)
{
    struct timespec used = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    lex_metrics_counter(self, "process_cpu_seconds_total", "User and system processor time spent.");
    lex_metrics_put_real(self, (double)used.tv_sec + (double)used.tv_nsec / 1e9);
}

static void s_put_files(lex_metrics_t *self)
{
    struct rlimit limit = {0};
    getrlimit(RLIMIT_NOFILE, &limit);
    lex_metrics_gauge(self, "process_open_fds", "Open file descriptors.");
    lex_metrics_put(self, s_open_files());
    lex_metrics_gauge(self, "process_max_fds", "Most file descriptors that may be open.");
    lex_metrics_put(self, (uint64_t)limit.rlim_cur);
}

static void s_put_stat(lex_metrics_t *self)
{
    char stat[1024];
    s_read_stat(stat, sizeof stat);
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    lex_metrics_gauge(self, "process_resident_memory_bytes", "Resident memory.");
    lex_metrics_put(self, s_stat(stat, FIELD_RESIDENT) * page);
    lex_metrics_gauge(self, "process_virtual_memory_bytes", "Virtual memory.");
    lex_metrics_put(self, s_stat(stat, FIELD_VIRTUAL));
    lex_metrics_gauge(self, "process_start_time_seconds",
                      "When the process started, in seconds since 1970-01-01 UTC.");
    double ticks = (double)s_stat(stat, FIELD_STARTED) / (double)sysconf(_SC_CLK_TCK);
    lex_metrics_put_real(self, s_boot_time() + ticks);
}

static void s_put_log(lex_metrics_t *self)
{
    lex_metrics_counter(self, "lexmq_log_lines_total", "Lines of log written, by level.");
    for (lex_log_level_t level = LEX_LOG_ERROR; level <= LEX_LOG_DEBUG; level++)
        lex_metrics_put(self, lex_log_count(level), {"level", lex_log_level_name(level)});
}

void lex_metrics_put_process(lex_metrics_t *self, const char *program)
{
    lex_metrics_gauge(self, "lexmq_build_info", "Always 1; the labels say what is running.");
    lex_metrics_put(self, 1, {"program", program}, {"version", LEXMQ_VERSION});
    s_put_processor(self);
    s_put_stat(self);
    s_put_files(self);
    s_put_log(self);
}
