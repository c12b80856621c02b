import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { reports } from "../../src/reports/index.ts";
import { makeReport } from "../../src/reports/report.ts";
import { runs, sample, setup } from "./sample.ts";
import { schemaErrors } from "./schema.ts";

const render = (id: string): string => reports.get(id).render(sample());

describe.each(reports.ids)("the %s report", (id) => {
  it("names every trace, policy and the exact command", () => {
    const flat = render(id).replaceAll(/\s*\\?\n\s*/g, " ");
    for (const { name } of setup.traces) expect(flat).toContain(name);
    for (const policy of setup.policies) expect(flat).toContain(policy.id);
    if (id !== "text") expect(flat).toContain(setup.command);
  });

  it("gives the same text twice and ends with one newline", () => {
    expect(render(id)).toBe(render(id));
    expect(render(id)).toMatch(/[^\n]\n$/);
  });

  it("has no trailing blanks", () => {
    expect(render(id)).not.toMatch(/[ \t]\n/);
  });
});

describe("the lkml report", () => {
  it("is ASCII in at most 80 columns, whatever the names are", () => {
    const named = {
      ...setup,
      traces: setup.traces.map((trace) => ({ ...trace, command: "émulateur …" })),
    };
    const lines = reports.get("lkml").render(makeReport(named, runs)).split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.filter((line) => /[^\x20-\x7e]/.test(line))).toEqual([]);
  });

  it("breaks names that are longer than a line, but nothing of the command to paste", () => {
    const name = "vm-".repeat(40);
    const command = `mmreplay replay ${name}.mmtrace --policy linux-7.3`;
    const renamed = (old: string) => (old === "vm" ? name : old);
    const traces = setup.traces.map((trace) => ({ ...trace, name: renamed(trace.name) }));
    const named = { ...setup, command, traces };
    const own = runs.map((run) => ({ ...run, trace: renamed(run.trace) }));
    const text = reports.get("lkml").render(makeReport(named, own));
    const long = text.split("\n").filter((line) => line.length > 80);
    expect(long).toEqual([`  ${name}.mmtrace \\`]);
    expect(text.replaceAll(/\n */g, "")).toContain(`${name}: no placement needs fewer`);
  });

  it("says what it is by mechanism, setup, command, tables, and what is measured and modelled", () => {
    const lines = render("lkml").split("\n");
    const starts = [
      "A page-table",
      "Setup:",
      "Command:",
      "vm: no placement",
      "Columns:",
      "Measured:",
      "Modelled:",
      "Notes:",
    ];
    const found = starts.map((start) => lines.findIndex((line) => line.startsWith(start)));
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found).not.toContain(-1);
  });

  it.each(["lkml", "markdown"])("explains each column that its tables have (%s)", (id) => {
    const few = runs.map((run) => ({ ...run, metrics: { vmas: { value: 3, unit: "vmas" } } }));
    const explained = (report: string) =>
      [...report.matchAll(/^(?: {2}|- )([^:\n]+): /gm)].flatMap(([, titles = ""]) =>
        titles.split(", "),
      );
    const all = explained(render(id));
    for (const title of ["entries", "faults", "VMAs", "holes", "hole bytes", "for 99%", "(bound)"])
      expect(all).toContain(title);
    const some = explained(reports.get(id).render(makeReport(setup, few)));
    expect(some).toContain("merges lost");
    expect(some).not.toContain("steps");
  });

  it("stands a number for a long policy id and explains it", () => {
    expect(render("lkml")).toContain("[3] core-align:kinds=all: what core-align");
    expect(render("lkml")).toMatch(/\n {2}\[3\] +1,282/);
  });

  it("cuts a recorded command line that is only long", () => {
    expect(render("lkml")).toContain("vfio-pci,host=0000:00:08.0,vfio-pci,h...");
  });
});

describe("the tables", () => {
  it("show the three costs of a 2 GiB BAR side by side", () => {
    expect(render("text")).toMatch(/BAR 2 +2 GiB +524,288 4K +1,024 2M +2 1G/);
    expect(render("text")).toMatch(/BAR 2, fixed +2 GiB +1,024 2M +1,024 2M +1,024 2M/);
  });

  it("hold each policy against the baseline", () => {
    expect(render("text")).toMatch(/linux-7.3 +525,568 +baseline +525,568 +0 +0/);
    expect(render("text")).toMatch(/vfio-thp +2,304 +228x fewer +1,280 +1,024 +0/);
  });

  it("show merges lost against the baseline, bounds, and what is simulated as such", () => {
    const shown = render("text");
    expect(shown).toMatch(/linux-7.3 +319 +0 /);
    expect(shown).toMatch(/\(bound\) +3 +1,000 +1,270 +36 KiB +0 /);
    expect(shown).toContain("simulated, not measured: TLB misses");
    expect(shown).toMatch(/linux-7.3 +30,000 +28,500 +30,100 +28,500/);
    expect(shown).toMatch(/linux-7.3 +22 +28 +19/);
    expect(shown).toMatch(/linux-7.3 +▁█▅ +524,288/);
    expect(shown).toContain("note: TLB of AMD Zen 4, simulated from: its guide. Assumed: LRU");
  });

  it("leave out columns of metrics that were not asked for", () => {
    const few = runs.map((run) => ({ ...run, metrics: { vmas: { value: 3, unit: "vmas" } } }));
    const shown = reports.get("text").render(makeReport(setup, few));
    expect(shown).toContain("VMAs  merges lost");
    const others = ["holes", "for 50%", "page tables", "simulated, not", "random bits"];
    for (const title of [...others, "entries at the peak", "vs baseline", "faults  "])
      expect(shown).not.toContain(title);
  });

  it.each(["text", "lkml", "markdown"])("have a column for a metric that is new (%s)", (id) => {
    const metric = {
      id: "page-walks",
      title: "walks of all",
      unit: "walks",
      better: "less",
    } as const;
    const more = runs.map((run) => ({
      ...run,
      metrics: { ...run.metrics, "page-walks": { value: 4_711, unit: "walks" } },
    }));
    const metrics = [...setup.metrics, metric];
    const shown = reports.get(id).render(makeReport({ ...setup, metrics }, more));
    expect(shown).toContain("page-walks");
    expect(shown).toMatch(/linux-7.3 .* 4,711/);
    if (id !== "text") expect(shown).toContain("page-walks: walks of all");
  });

  it("join mappings that cost the same under every policy", () => {
    const twice = runs.map((run) => ({
      ...run,
      mappings: run.mappings.flatMap((one) => [one, { ...one, object: one.object + 10 }]),
    }));
    expect(reports.get("text").render(makeReport(setup, twice))).toContain(
      "BAR 2, fixed (2 times)",
    );
  });

  it("show a value that a recording cannot give as n/a, with the reason", () => {
    const unknown = runs.map((run) => ({
      ...run,
      metrics: {
        ...run.metrics,
        "search-steps": { value: null, unit: "steps", reason: "not searched" },
      },
    }));
    const shown = reports.get("text").render(makeReport(setup, unknown));
    expect(shown).toMatch(/vfio-thp .* n\/a {2,}n\/a( |$)/m);
    expect(shown).toContain("note: n/a: search-steps: not searched");
  });

  it("tell a reason once for all that it is about", () => {
    const missing = { value: null, unit: "", reason: "no faults recorded" };
    const unknown = runs.map((run) => ({
      ...run,
      metrics: {
        ...run.metrics,
        ...(run.policy === "vfio-thp" && { faults: missing, coverage: missing }),
      },
    }));
    const { notes } = makeReport(setup, unknown);
    expect(notes.filter((note) => note.includes("no faults recorded"))).toEqual([
      "n/a under vfio-thp: coverage, faults: no faults recorded",
    ]);
  });

  it("name the settings of huge pages as they were recorded", () => {
    expect(render("text")).toContain(
      "4 KiB pages, THP always, shmem_enabled never, 1 address space",
    );
    expect(render("text")).toContain("x86-64, 4 KiB pages, 238 address spaces");
  });
});

describe("the notes", () => {
  it("say what was lost, and what was assumed of which recording", () => {
    const { notes } = sample();
    expect(notes).toContain(
      "vfio-thp on vm: 1 mapping of the recording found no room; 2 calls on mappings that were lost",
    );
    expect(notes).toContain("db: THP taken as always, the setting was not recorded");
    expect(notes.some((note) => note.startsWith("vm: "))).toBe(false);
  });

  it.each([
    ["madvise", "only where the program asked for them (MADV_HUGEPAGE)"],
    ["never", "only of sizes that are enabled by themselves"],
  ])("say what THP on %s does to the entries", (thpEnabled, what) => {
    const traces = setup.traces.map((trace) => ({ ...trace, thpEnabled }));
    const { notes } = makeReport({ ...setup, traces }, runs);
    expect(notes).toContain(
      `all recordings: recorded with THP on ${thpEnabled}: anonymous memory has huge entries ${what}`,
    );
  });

  it.each([
    ["never", "only on mounts with huge= or of sizes enabled by themselves"],
    ["advise", "only where the program asked for them"],
    ["deny", "has no huge entries"],
  ])("say what shmem_enabled %s does, where there is shared memory", (shmemEnabled, what) => {
    const traces = setup.traces.map((trace) => ({ ...trace, shmemEnabled }));
    const noted = (shmem: number) => {
      const of = runs.map(({ metrics, ...run }) => {
        const entries = metrics["tlb-entries"] ?? { value: 0, unit: "entries" };
        return {
          ...run,
          metrics: { ...metrics, "tlb-entries": { ...entries, byBacking: { shmem } } },
        };
      });
      return makeReport({ ...setup, traces }, of).notes.join("\n");
    };
    expect(noted(7)).toContain(
      `all recordings: recorded with shmem_enabled ${shmemEnabled}: shared`,
    );
    expect(noted(7)).toContain(what);
    expect(noted(0)).not.toContain("recorded with shmem_enabled");
  });

  it("name sizes of huge pages that are not set as kernels start", () => {
    const sizes = (words: Record<string, string>) => {
      const traces = setup.traces.map((trace) => ({
        ...trace,
        ...{ thpEnabled: "always", thpSizes: words },
      }));
      return makeReport({ ...setup, traces }, runs).notes.join("\n");
    };
    expect(sizes({ "65536": "never", "2097152": "inherit" })).not.toContain("by size");
    expect(sizes({ "65536": "always", "2097152": "never" })).toContain(
      "all recordings: recorded with THP by size: 64 KiB always, 2 MiB never",
    );
  });

  it("name all recordings at once where all share an assumption", () => {
    const traces = setup.traces.map((trace) => ({ ...trace, inferred: ["base by formula"] }));
    const { notes } = makeReport({ ...setup, traces }, runs);
    expect(notes).toContain("all recordings: base by formula");
  });

  it("mark what follows a call over max_map_count", () => {
    const [first] = runs;
    if (first === undefined) throw new Error("no run");
    const { notes } = makeReport(setup, [{ ...first, refused: { line: 77, count: 65_531 } }]);
    expect(notes.join("\n")).toContain("line 77 meets 65,531 VMAs");
  });
});

describe("the JSON report", () => {
  const schema: unknown = JSON.parse(readFileSync("docs/schema/report.schema.json", "utf8"));

  it("is what its schema describes", () => {
    expect(schemaErrors(schema, JSON.parse(render("json")))).toEqual([]);
  });

  it("would not pass with a number missing", () => {
    const document = JSON.parse(render("json")) as { results: { metrics: unknown }[] };
    for (const result of document.results) result.metrics = { vmas: { unit: "vmas" } };
    expect(schemaErrors(schema, document)).not.toEqual([]);
  });
});
