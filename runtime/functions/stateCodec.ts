// Writes and reads, behind a value, what its functions and classes find where they are declared: changed static fields, and the
// entries of weak collections whose keys travel too.

import { CannotTravelError } from './cannotTravel.ts'
import { encodeOutside, tableOf } from './encodeFunction.ts'
import { type AnyFunction, liftHook } from './liftHook.ts'
import type { Holder, ReachedHolders } from './reachedHolders.ts'
import { isWeak, type StaticChanges, type WeakCollection } from './staticState.ts'
import type { ValueDecoder } from './valueDecoder.ts'
import type { ValueEncoder } from './valueEncoder.ts'

export type { WeakCollection } from './staticState.ts'

const RECORD = { end: 0, changes: 1, entry: 2 } as const
const PLACE = { known: 0, met: 1, variable: 2, field: 3, privateField: 4 } as const

interface Target {
  collection: WeakCollection
  /** What refusals call it. */
  name: string
  /** How many of the objects that were met have been looked for in it. */
  looked: number
  /** Its number, once it was named. */
  number: number | undefined
  /** What cannot travel of it stays here: it was not sent itself. */
  mayLeave: boolean
  writePlace(): void
}

/**
 * Writes what was changed, then those entries whose keys were met, and so on with what their values bring along.
 * Entries stand in the order in which their keys were met, since an order of their own they have none.
 */
export function encodeStates(
  encoder: ValueEncoder,
  met: readonly WeakCollection[],
  { holders }: ReachedHolders,
): boolean {
  const writing = new StateWriter(encoder)
  const begun = encoder.writer.length
  let known = 0
  let targets = 0
  do {
    targets = writing.targets.length
    for (; known < met.length; known++) writing.addMet(met[known], known)
    for (const holder of holders.values()) if (!holder.isWritten) writing.holder(holder)
  } while (writing.entries() || writing.targets.length > targets || known < met.length)
  if (encoder.writer.length === begun) return false
  encoder.writer.byte(RECORD.end)
  return true
}

class StateWriter {
  readonly targets: Target[] = []
  readonly #encoder: ValueEncoder
  #numbered = 0

  constructor(encoder: ValueEncoder) {
    this.#encoder = encoder
  }

  addMet(collection: WeakCollection, place: number): void {
    const { writer } = this.#encoder
    const name = `(an entry of a ${collection instanceof WeakMap ? 'WeakMap' : 'WeakSet'})`
    this.#addTarget(collection, name, false, () => {
      writer.byte(PLACE.met)
      writer.varint(place)
    })
  }

  #addTarget(collection: WeakCollection, name: string, mayLeave: boolean, writePlace: () => void): void {
    if (this.targets.some((known) => known.collection === collection)) return
    this.targets.push({ collection, name, looked: 0, number: undefined, mayLeave, writePlace })
  }

  /** Writes what was changed of a class or namespace; its weak collections come later. */
  holder(holder: Holder): void {
    const { object, variable, since } = holder
    const { writer } = this.#encoder
    holder.isWritten = true
    if (isWeak(object)) {
      this.#addTarget(object, nameOf(holder), true, () => {
        writer.byte(PLACE.variable)
        writer.varint(this.#variable(variable!))
      })
      return
    }
    const changes = since === 'never' ? undefined : liftHook.statics.changesOf(object, since)
    if (changes) this.#changes(holder, changes)
    for (const [where, collection] of liftHook.statics.weakFieldsOf(object)) {
      const field = typeof where === 'object' ? liftHook.statics.privateName(object, where.place) : where
      this.#addTarget(collection, `${nameOf(holder)}.${String(field)}`, true, () => {
        writer.byte(typeof where === 'object' ? PLACE.privateField : PLACE.field)
        this.#object(holder)
        if (typeof where === 'object') writer.varint(where.place)
        else this.#encoder.whole(where, 1)
      })
    }
  }

  #changes(holder: Holder, { own, privates }: StaticChanges): void {
    const { writer } = this.#encoder
    writer.byte(RECORD.changes)
    this.#object(holder)
    for (const [key, value] of own)
      this.#field(`${nameOf(holder)}.${String(key)}`, () => {
        writer.byte(1)
        this.#encoder.whole(key, 1)
        this.#value(value, String(key))
      })
    writer.byte(0)
    for (const [place, value] of privates) {
      const name = liftHook.statics.privateName(holder.object, place)
      this.#field(`${nameOf(holder)}.${name}`, () => {
        writer.varint(place + 1)
        this.#value(value, name)
      })
    }
    writer.byte(0)
  }

  #value(value: unknown, variable: string): void {
    const encoder = this.#encoder
    const begun = encoder.mark()
    encoder.whole(value, 1)
    const bytes = encoder.writer.length - begun.length
    encoder.options.onCapture?.(variable, bytes)
    if (bytes >= (encoder.options.outsideFromBytes ?? Number.POSITIVE_INFINITY))
      encodeOutside(encoder, value, variable, begun)
  }

  /** Writes a field, or says that it stays here. */
  #field(name: string, write: () => void): boolean {
    const encoder = this.#encoder
    const begun = encoder.mark()
    try {
      encoder.variable(name, 0)
      write()
      return true
    } catch (error) {
      if (!(error instanceof CannotTravelError)) throw error
      encoder.rewind(begun)
      encoder.options.onLeft?.(name, error.type ?? 'what cannot be sent')
      return false
    }
  }

  #object({ object, variable }: Holder): void {
    const encoder = this.#encoder
    encoder.writer.byte(variable === undefined ? 0 : 1)
    if (variable !== undefined) encoder.writer.varint(this.#variable(variable))
    else encoder.whole(object, 1)
  }

  #variable(name: string): number {
    const { variables } = tableOf(this.#encoder)
    const known = variables.indexOf(name)
    return known >= 0 ? known : variables.push(name) - 1
  }

  /** Writes the entries of which the keys were met since; whether there were any. */
  entries(): boolean {
    let progress = false
    for (const target of this.targets) {
      let at = 0
      for (const key of this.#encoder.met()) {
        if (at++ < target.looked) continue
        target.looked = at
        if (!target.collection.has(key)) continue
        progress = true
        if (target.mayLeave) this.#field(target.name, () => this.#entry(target, key))
        else {
          this.#encoder.path[0] = target.name
          this.#entry(target, key)
        }
      }
    }
    return progress
  }

  #entry(target: Target, key: object): void {
    const encoder = this.#encoder
    const { collection } = target
    encoder.writer.byte(RECORD.entry)
    const isFirst = target.number === undefined
    if (isFirst) target.writePlace()
    else {
      encoder.writer.byte(PLACE.known)
      encoder.writer.varint(target.number!)
    }
    encoder.whole(key, 1)
    encoder.writer.byte(collection instanceof WeakMap ? 1 : 0)
    if (collection instanceof WeakMap) encoder.whole(collection.get(key), 1)
    // Only once it is written whole: an entry that stays here names nothing.
    if (isFirst) target.number = this.#numbered++
  }
}

/** As the program calls it. */
const nameOf = ({ object, variable }: Holder): string =>
  variable === undefined
    ? (object as AnyFunction).name || 'the class'
    : variable.slice(variable.lastIndexOf(' ') + 1)

/** What came for classes and namespaces of a thread, to be given again when another function's values have taken their place. */
export type GivenStates = [made: object, changes: StaticChanges][]

export function decodeStates(decoder: ValueDecoder, met: readonly WeakCollection[]): GivenStates {
  const given: GivenStates = []
  const targets: (WeakCollection | undefined)[] = []
  const { reader } = decoder
  for (let record = reader.byte(); record !== RECORD.end; record = reader.byte()) {
    if (record === RECORD.changes) {
      const made = decodeHolder(decoder)
      const changes = decodeChanges(decoder)
      if (made && liftHook.worker) given.push([made, changes])
      continue
    }
    const place = reader.byte()
    let collection: WeakCollection | undefined
    if (place === PLACE.known) collection = targets[reader.varint()]
    else {
      collection = decodePlace(decoder, place, met)
      targets.push(collection)
    }
    const key = decoder.whole() as object
    const value = reader.byte() === 1 ? decoder.whole() : undefined
    // What this process says of an object of its own stays.
    if (!collection || (!liftHook.worker && collection.has(key))) continue
    if (collection instanceof WeakMap) collection.set(key, value)
    else collection.add(key)
  }
  giveStates(given)
  return given
}

export function giveStates(states: GivenStates): void {
  for (const [made, changes] of states) liftHook.statics.give(made, changes)
}

function decodePlace(
  decoder: ValueDecoder,
  place: number,
  met: readonly WeakCollection[],
): WeakCollection | undefined {
  const { reader } = decoder
  if (place === PLACE.met) return met[reader.varint()]
  if (place === PLACE.variable) {
    const found = variableOf(decoder, reader.varint())
    return isWeak(found) ? found : undefined
  }
  const made = decodeHolder(decoder)
  const where = place === PLACE.field ? (decoder.whole() as PropertyKey) : { place: reader.varint() }
  return made && liftHook.statics.weakFieldOf(made, where)
}

function decodeHolder(decoder: ValueDecoder): object | undefined {
  if (decoder.reader.byte() === 0) return decoder.whole() as object
  return variableOf(decoder, decoder.reader.varint())
}

function variableOf({ table }: ValueDecoder, number: number): object | undefined {
  const name = table?.variables[number] ?? ''
  const space = name.lastIndexOf(' ')
  return liftHook.statics.variable(name.slice(0, space), name.slice(space + 1))
}

function decodeChanges(decoder: ValueDecoder): StaticChanges {
  const { reader } = decoder
  const changes: StaticChanges = { own: [], privates: [] }
  while (reader.byte() === 1) changes.own.push([decoder.whole() as PropertyKey, decoder.whole()])
  for (let place = reader.varint(); place > 0; place = reader.varint())
    changes.privates.push([place - 1, decoder.whole()])
  return changes
}
