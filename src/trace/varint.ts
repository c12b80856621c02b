/** How whole numbers become bytes: seven bits each, least first, the sign in the lowest bit. */

/** Bytes that grow at their end. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  /** A whole number from 0 to 2^54, above 2^53 an even one. */
  unsigned(value: number): void {
    this.#room(10);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A whole number from -2^52 to 2^53. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  bytes(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** All parts in a row. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Thrown where data ends early or says what it cannot mean; the codec tells where in the file. */
export class Malformed extends Error {}

function cutOff(): never {
  throw new Malformed("a number is cut off");
}

/** Reads what ByteWriter wrote. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  /** Where the next number begins. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.at >= this.#bytes.length;
  }

  unsigned(): number {
    const first = this.#bytes[this.at++] ?? cutOff();
    if (first < 128) return first;
    let value = first - 128;
    for (let scale = 128; scale < 2 ** 56; scale *= 128) {
      const byte = this.#bytes[this.at++] ?? cutOff();
      if (byte < 128) return value + byte * scale;
      value += (byte - 128) * scale;
    }
    throw new Malformed("a number has too many digits");
  }

  bytes(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.#bytes.length) throw new Malformed("bytes are cut off");
    const bytes = this.#bytes.subarray(this.at, end);
    this.at = end;
    return bytes;
  }
}
