/** Which name stands for which: what people have named gets a pseudonym, what the kernel names stays. */

/** Areas that the kernel names, and `[0x474012]`: a name that the recorder has not read. */
const kernelArea =
  /^\[(?:heap|stack(?::\d+)?|vdso|vvar|vvar_vclock|vsyscall|vectors|sigpage|uprobes|shadow stack|0x[0-9a-f]+)\]$/;

/** Files that the kernel names itself: inodes without a path, device nodes, what sysfs and procfs show. */
const kernelFile: readonly RegExp[] = [
  /^anon_inode:\[?[\w -]+\]?$/,
  /^\/(?:anon_hugepage|secretmem|\[aio\])$/,
  /^\/dev\/(?:zero|null|kvm|kfd|mem|dax[\d.]+|dri\/(?:card|renderD)\d+|nvidia\d+|uio\d+)$/,
  /^\/dev\/vfio\/(?:vfio|\d+|devices\/vfio\d+)$/,
  /^\/sys\/(?:bus\/pci\/devices|devices\/pci[\da-f:]+)(?:\/[\da-f:.]+)+\/resource\d+(?:_wc)?$/,
];

/** What tells the class of a name, to which people's names are added. */
const classes =
  /^(?:\/dev\/shm\/|\/dev\/hugepages\/|\/dev\/dax|\/dev\/dri\/|\/dev\/vfio\/devices\/|\/dev\/|\/sys\/|\/proc\/|\/memfd:|(?:anon_inode|socket|pipe):|\[anon(?:_shmem)?:)/;

const segment = /^\/SYSV([0-9a-f]{8})$/;
const privateKey = "00000000";

const deleted = " (deleted)";

/** Pseudonyms of one kind, numbered as names come. */
class Numbered {
  readonly #numbers = new Map<string, number>();

  of(name: string): number {
    const number = this.#numbers.get(name) ?? this.#numbers.size + 1;
    this.#numbers.set(name, number);
    return number;
  }

  get size(): number {
    return this.#numbers.size;
  }
}

/** Equal names get equal pseudonyms, in paths folder by folder; other names get other ones. */
export class Pseudonyms {
  readonly #words = new Numbered();
  readonly #loaders = new Numbered();
  readonly #keys = new Numbered();
  readonly #paths = new Map<string, string>();
  readonly #kept = new Set<string>();

  /** How many names were replaced. */
  get size(): number {
    return this.#words.size + this.#loaders.size + this.#keys.size;
  }

  /** Names that the kernel gives, and classes of names: they stay. */
  get kept(): readonly string[] {
    return [...this.#kept].sort();
  }

  /** Names without a structure. The file of the dynamic loader is told by how its name begins. */
  word(name: string): string {
    if (name === "" || name === "." || name === "..") return name;
    if (name.startsWith("ld")) return `ld${this.#loaders.of(name)}`;
    return `n${this.#words.of(name)}`;
  }

  /** Paths, names of ranges (PR_SET_VMA), and whatever else maps and recorders print for a file or an area. */
  path(text: string): string {
    const known = this.#paths.get(text);
    if (known !== undefined) return known;
    const isDeleted = text.endsWith(deleted);
    const name = isDeleted ? text.slice(0, -deleted.length) : text;
    const made = `${this.#nameOf(name)}${isDeleted ? deleted : ""}`;
    this.#paths.set(text, made);
    return made;
  }

  #nameOf(name: string): string {
    if (kernelArea.test(name) || kernelFile.some((pattern) => pattern.test(name)))
      return this.#keep(name);
    const key = segment.exec(name)?.[1];
    if (key !== undefined) return `${this.#keep("/SYSV")}${this.#key(key)}`;
    const [known] = classes.exec(name) ?? [];
    if (known === undefined) return this.#folders(name);
    this.#keep(known);
    const rest = name.slice(known.length);
    return known.startsWith("[") && rest.endsWith("]")
      ? `${known}${this.path(rest.slice(0, -1))}]`
      : `${known}${this.#folders(rest)}`;
  }

  #keep(name: string): string {
    this.#kept.add(name);
    return name;
  }

  #folders(path: string): string {
    return path
      .split("/")
      .map((part) => this.word(part))
      .join("/");
  }

  #key(key: string): string {
    return key === privateKey ? key : this.#keys.of(key).toString(16).padStart(8, "0");
  }
}
