// The table behind an encoded value that says where the code of its functions is.
//
// The value part of an encoding names a function by its place in this table and by its semantic digest; the table adds
// what depends on where the code stands: the user's module, the worker module that holds it, ids of per-worker values.

import { ByteReader } from './byteReader.ts'
import type { ByteWriter } from './byteWriter.ts'
import { HAS_UNITS } from './valueTags.ts'

/** Stands for an export where a CommonJS module registers its functions instead of exporting them. */
export const LIVE_EXPORT = '#live'

/** A function or class of the user's, as an encoded value names it. */
export interface UnitName {
  /** `file@hash` of the user's module. */
  module: string
  /** Its number in that module. */
  unit: number
  /** 32 hexadecimal digits: the same for the same code, wherever it stands. */
  semantic: string
  /** The worker module that holds it; empty when a worker encoded it, which lifts nothing by itself. */
  workerModule: string
  /** `default` or the exported name. */
  exported: string
  /** True when that export is a factory to be given the captures. */
  factory: boolean
  /** How many of the captures the factory needs at once; the others are set afterwards. */
  eager: number
}

/** A package's function, class or value that travels by name. */
export interface ImportName {
  /** Absolute URL of the package's module where the sender runs, or the specifier alone. */
  url: string
  specifier: string
}

export interface UnitTable {
  units: UnitName[]
  imports: ImportName[]
  perWorkerIds: string[]
  /** Classes that were made with captures: the same for the same code with the same captures. */
  classIds: string[]
  /** Names of large captures that travel by themselves. */
  outside: string[]
  /** Variables whose content goes along, each as its module, a space, its name. */
  variables: string[]
  /** What has to be loaded besides: for large arguments that stand elsewhere. */
  loads: string[]
}

export const emptyUnitTable = (): UnitTable => ({
  units: [],
  imports: [],
  perWorkerIds: [],
  classIds: [],
  outside: [],
  variables: [],
  loads: [],
})

export function writeUnitTable(writer: ByteWriter, table: UnitTable, start: number): void {
  const at = writer.length - start
  writer.bytes[start] |= HAS_UNITS
  writer.varint(table.units.length)
  for (const unit of table.units) {
    const known = rows.get(unit)
    if (known) writer.raw(known)
    else {
      const from = writer.length
      writeUnit(writer, unit)
      rows.set(unit, writer.copy(from))
    }
  }
  writer.varint(table.imports.length)
  for (const { url, specifier } of table.imports) {
    writer.text(url)
    writer.text(specifier)
  }
  for (const ids of [table.perWorkerIds, table.classIds, table.outside, table.variables, table.loads]) {
    writer.varint(ids.length)
    for (const id of ids) writer.text(id)
  }
  writer.u32(at)
}

/** The rows of units that were written before: a lifter's are the same objects each time. */
const rows = new WeakMap<UnitName, Uint8Array>()

function writeUnit(writer: ByteWriter, unit: UnitName): void {
  writer.text(unit.module)
  writer.varint(unit.unit)
  writer.text(unit.workerModule)
  writer.text(unit.exported)
  writer.byte(unit.factory ? 1 : 0)
  writer.varint(unit.eager)
  writer.text(unit.semantic)
}

const meanings = new WeakMap<UnitName, Uint8Array>()

/** A unit's semantic digest, 16 bytes. */
export function meaningOf(unit: UnitName): Uint8Array {
  let meaning = meanings.get(unit)
  if (!meaning) {
    meaning = Buffer.from(unit.semantic, 'hex')
    meanings.set(unit, meaning)
  }
  return meaning
}

/** The table behind an encoded value, or nothing when it has none: then this costs one look at its first byte. */
export function readUnitTable(bytes: Uint8Array): UnitTable | undefined {
  if (bytes.length === 0 || !(bytes[0] & HAS_UNITS)) return undefined
  const reader = new ByteReader(bytes)
  reader.at = unitTableOffset(bytes)
  const table = emptyUnitTable()
  for (let n = reader.varint(); n > 0; n--) {
    const module = reader.text()
    const unit = reader.varint()
    const workerModule = reader.text()
    const exported = reader.text()
    const factory = reader.byte() === 1
    const eager = reader.varint()
    table.units.push({ module, unit, workerModule, exported, factory, eager, semantic: reader.text() })
  }
  for (let n = reader.varint(); n > 0; n--)
    table.imports.push({ url: reader.text(), specifier: reader.text() })
  for (const ids of [table.perWorkerIds, table.classIds, table.outside, table.variables, table.loads])
    for (let n = reader.varint(); n > 0; n--) ids.push(reader.text())
  return table
}

/** Where the unit table begins; without one, the end of the bytes. */
export function unitTableOffset(bytes: Uint8Array): number {
  if (bytes.length === 0 || !(bytes[0] & HAS_UNITS)) return bytes.length
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true)
}

/** The part of an encoding that says what the value is, without where its code stands: what keys are made from. */
export function semanticBytes(bytes: Uint8Array): Uint8Array {
  return bytes[0] & HAS_UNITS ? bytes.subarray(1, unitTableOffset(bytes)) : bytes
}
