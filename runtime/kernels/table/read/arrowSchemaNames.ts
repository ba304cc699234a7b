// Which columns an Arrow schema has with a dictionary, read from the message without trust in it: a damaged one must not cost
// more than its own bytes. (The Arrow library takes memory without end for some.)
//
// Formats: Arrow's encapsulated messages (arrow.apache.org/docs/format/Columnar.html), its Message.fbs and Schema.fbs, and
// flatbuffers' tables (flatbuffers.dev/internals).

/** Where fields of the tables stand, by their order in Message.fbs and Schema.fbs. */
const MESSAGE = { headerType: 1, header: 2 }
const SCHEMA = { fields: 1 }
const FIELD = { name: 0, dictionary: 4 }

/** `MessageHeader.Schema` */
const IS_SCHEMA = 1

/** Four bytes stand before messages since Arrow 0.15. */
const CONTINUATION = 0xffffffff

/**
 * Names of the top columns that have a dictionary.
 * @param message an encapsulated message, as `ARROW:schema` of a parquet footer has it in base64
 * @returns e.g. `['city']`
 * @throws {RangeError} where it points outside of itself
 */
export function namesOfDictionaries(message: Uint8Array): string[] {
  const buffer = new FlatBuffer(message)
  const root = buffer.uint32(0) === CONTINUATION ? 8 : 4
  const header = buffer.follow(root)
  if (buffer.uint8(buffer.field(header, MESSAGE.headerType)) !== IS_SCHEMA)
    throw new RangeError('the message is no schema')
  const fields = buffer.follow(
    buffer.field(buffer.follow(buffer.field(header, MESSAGE.header)), SCHEMA.fields),
  )
  const names: string[] = []
  // Fields and names of a whole message do not share bytes.
  let left = message.length
  const count = buffer.uint32(fields)
  if (count > left / 4) throw new RangeError(`${count} fields in ${left} bytes`)
  for (let i = 0; i < count; i++) {
    const field = buffer.follow(fields + 4 + 4 * i)
    if (!buffer.has(field, FIELD.dictionary)) continue
    const name = buffer.bytes(buffer.follow(buffer.field(field, FIELD.name)))
    left -= name.length
    if (left < 0) throw new RangeError('names have more bytes than the message')
    names.push(new TextDecoder().decode(name))
  }
  return names
}

/** Reads of a flatbuffer, each within its bytes: `DataView` throws a RangeError elsewhere. */
class FlatBuffer {
  readonly #bytes: Uint8Array
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  uint8(at: number): number {
    return this.#view.getUint8(at)
  }

  uint32(at: number): number {
    return this.#view.getUint32(at, true)
  }

  /** Offsets are counted from where they stand. */
  follow(at: number): number {
    return at + this.uint32(at)
  }

  /** Where a field of a table stands: its vtable, which is before or behind it, tells how far from the table; 0 for an absent one. */
  field(table: number, slot: number): number {
    const offset = this.#offset(table, slot)
    if (offset === 0) throw new RangeError(`field ${slot} is absent`)
    return table + offset
  }

  has(table: number, slot: number): boolean {
    return this.#offset(table, slot) !== 0
  }

  /** What stands behind its length: texts and vectors of bytes. */
  bytes(at: number): Uint8Array {
    const [from, length] = [at + 4, this.uint32(at)]
    if (from + length > this.#bytes.length) throw new RangeError(`${length} bytes at ${from}`)
    return this.#bytes.subarray(from, from + length)
  }

  #offset(table: number, slot: number): number {
    const vtable = table - this.#view.getInt32(table, true)
    const entry = 4 + 2 * slot
    return entry < this.#view.getUint16(vtable, true) ? this.#view.getUint16(vtable + entry, true) : 0
  }
}
