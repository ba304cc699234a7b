// Arguments of one call that are views of one large buffer: they are held together, so that they share it where the call runs.

import { VIEW_KINDS } from './valueTags.ts'

/** Arguments that are held as one list. */
export interface SharedArguments {
  /** The list, in the order of the call. */
  list: object[]
  /** Where it is held, once it is. */
  dependency?: number
}

/** The lists that arguments belong to, by their places; nothing where each of them stands alone. */
export function sharedArguments(
  args: readonly unknown[],
  fromBytes: number,
): ReadonlyMap<number, SharedArguments> | undefined {
  if (args.length < 2 || !args.some((one) => isLargeMemory(one, fromBytes))) return undefined
  const places = new Map<ArrayBufferLike, number[]>()
  for (const [place, argument] of args.entries()) {
    const buffer = memoryOf(argument)
    if (!buffer) continue
    const known = places.get(buffer)
    if (known) known.push(place)
    else places.set(buffer, [place])
  }
  const found = new Map<number, SharedArguments>()
  for (const of of places.values()) {
    const list = of.map((place) => args[place] as object)
    if (new Set(list).size < 2 || !list.some((one) => isLargeMemory(one, fromBytes))) continue
    const shared: SharedArguments = { list }
    for (const place of of) found.set(place, shared)
  }
  return found.size > 0 ? found : undefined
}

/** Whether a value is memory alone, so that it need not be encoded to know how large it is. */
export function isLargeMemory(value: unknown, fromBytes: number): value is ArrayBufferView {
  return isView(value) && value.byteLength >= fromBytes
}

function memoryOf(value: unknown): ArrayBufferLike | undefined {
  if (value instanceof ArrayBuffer) return value
  return isView(value) ? value.buffer : undefined
}

function isView(value: unknown): value is ArrayBufferView {
  return ArrayBuffer.isView(value) && PROTOTYPES.has(Object.getPrototypeOf(value) as object)
}

/** Those of subclasses are instances, which may hold more. */
const PROTOTYPES: ReadonlySet<object> = new Set(VIEW_KINDS.map((View) => View.prototype as object))
