/*
 * Makes random memory calls and logs each with its result: probe DIR SEED COUNT writes DIR/maps.start, DIR/maps.end and
 * DIR/strace.txt. Nothing is allocated between the two pictures but by the calls themselves.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { page = 4096, most = 4000, kept = 512 };

struct call {
	const char *name;
	int count;
	unsigned long args[6];
	long result;
};

static struct call calls[most];
static int made;
static struct { unsigned long start, length; } live[kept];
static int lives;
static uint64_t state;
static char text[1 << 20];

static unsigned long roll(unsigned long below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

static void copy(const char *dir, const char *name)
{
	char path[512];
	int in = open("/proc/self/maps", O_RDONLY), out;
	ssize_t size = 0, got;

	while ((got = read(in, text + size, sizeof(text) - size)) > 0)
		size += got;
	close(in);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (out < 0 || write(out, text, size) != size)
		_exit(1);
	close(out);
}

static long take(const char *name, long number, int count, unsigned long a, unsigned long b,
		 unsigned long c, unsigned long d, unsigned long e, unsigned long f)
{
	struct call *call = &calls[made++];
	long result = syscall(number, a, b, c, d, e, f);

	*call = (struct call){ name, count, { a, b, c, d, e, f }, result == -1 ? -errno : result };
	return call->result;
}

static unsigned long length(void)
{
	switch (roll(4)) {
	case 0: return (1 + roll(8)) * page;
	case 1: return (1 + roll(600)) * page;
	case 2: return (1 + roll(4)) * 512 * page;
	default: return (500 + roll(2000)) * page;
	}
}

static void map(void)
{
	unsigned long bytes = length(), hint = 0, flags = MAP_ANONYMOUS | MAP_NORESERVE;
	long at;

	flags |= roll(3) ? MAP_PRIVATE : MAP_SHARED;
	if (lives && !roll(4))
		hint = live[roll(lives)].start + (roll(1200) - 600UL) * page;
	if (hint && !roll(3))
		flags |= MAP_FIXED_NOREPLACE;
	at = take("mmap", SYS_mmap, 6, hint, bytes, roll(2) ? 3 : 1, flags, -1UL, 0);
	if (at > 0 && lives < kept) {
		live[lives].start = at;
		live[lives++].length = bytes;
	}
}

static void unmap(int one)
{
	unsigned long pages = live[one].length / page, from = roll(2) ? 0 : roll(pages);
	unsigned long count = from ? 1 + roll(pages - from) : pages;

	take("munmap", SYS_munmap, 2, live[one].start + from * page, count * page, 0, 0, 0, 0);
	if (from)
		live[one].length = from * page;
	else
		live[one] = live[--lives];
}

static void resize(int one)
{
	unsigned long bytes = length();
	long at = take("mremap", SYS_mremap, 4, live[one].start, live[one].length, bytes,
		       roll(4) ? MREMAP_MAYMOVE : 0, 0, 0);

	if (at > 0) {
		live[one].start = at;
		live[one].length = bytes;
	}
}

/* In the words of strace -X raw. */
static void print(FILE *log, const struct call *call)
{
	fprintf(log, "%s(", call->name);
	for (int i = 0; i < call->count; i++)
		fprintf(log, call->args[i] == -1UL ? "%s-1" : "%s0x%lx", i ? ", " : "", call->args[i]);
	if (call->result < 0)
		fprintf(log, ") = -1 %s (%s)\n", strerrorname_np(-call->result), strerror(-call->result));
	else
		fprintf(log, ") = 0x%lx\n", call->result);
}

int main(int argc, char **argv)
{
	int count = argc > 3 ? atoi(argv[3]) : 0;
	unsigned long top, start;
	char path[512];
	FILE *log;

	if (argc < 4 || count > most)
		return 2;
	state = strtoull(argv[2], NULL, 10) * 2654435761u + 1;
	start = take("brk", SYS_brk, 1, 0, 0, 0, 0, 0, 0);
	copy(argv[1], "maps.start");
	while (made < count) {
		switch (roll(8)) {
		case 0: case 1: case 2: map(); break;
		case 3: case 4: if (lives) unmap(roll(lives)); break;
		case 5: case 6: if (lives) resize(roll(lives)); break;
		default:
			top = start + roll(300) * page;
			take("brk", SYS_brk, 1, top, 0, 0, 0, 0, 0);
		}
	}
	copy(argv[1], "maps.end");
	snprintf(path, sizeof(path), "%s/strace.txt", argv[1]);
	log = fopen(path, "w");
	if (!log)
		return 1;
	for (int i = 0; i < made; i++)
		print(log, &calls[i]);
	return fclose(log) ? 1 : 0;
}
