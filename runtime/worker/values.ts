// The worker's books of values: which (task, run) it has, how large, where (memory or disk), and who used it last. Each part of
// a value that came in parts has a row of its own: it is used, leaves for the disk, comes back and is sent by itself.
//
// Rows are used again. The host keeps the bytes themselves in columns of the same row numbers.

import { withRoom } from './column.ts'
import { PartedKeys } from './partedKeys.ts'
import { TaskRunTable, WHOLE } from './taskRunTable.ts'

export const FREE = 0
/** Not here yet: runs wait for it, and it is being fetched. */
export const AWAITED = 1
/** In memory (and on disk as well when `onDisk` says so). */
export const HELD = 2
/** In memory, being written to disk. */
export const WRITING = 3
/** On disk alone. */
export const SPILLED = 4
/** On disk, being read into memory. */
export const LOADING = 5
export type ValuePhase =
  | typeof FREE
  | typeof AWAITED
  | typeof HELD
  | typeof WRITING
  | typeof SPILLED
  | typeof LOADING

const NONE = -1

export class ValueBooks {
  readonly #rowOf = new TaskRunTable()
  #task = new Int32Array(64)
  #run = new Int32Array(64)
  #part = new Int32Array(64)
  #bytes = new Float64Array(64)
  #phase = new Uint8Array(64)
  #onDisk = new Uint8Array(64)
  /** Nobody needs it any more, but a disk operation or a run is still using it. */
  #doomed = new Uint8Array(64)
  #pins = new Int32Array(64)
  /** The list of held rows, least recently used first. */
  #older = new Int32Array(64)
  #newer = new Int32Array(64)
  #oldest = NONE
  #newest = NONE
  #rows = 0
  #freeRow = NONE
  /**
   * Rows that were read back and used by nobody but those they were read for, in that order: also on disk, they leave
   * first, at no cost. Whoever goes through more than memory holds would else push out, and write, what has not had its turn.
   */
  readonly passing = new Set<number>()
  /** Bytes in memory, those being written included. */
  managedBytes = 0
  /** Bytes in memory that are being written. */
  leavingBytes = 0
  /** Bytes that are being read into memory. */
  loadingBytes = 0
  /** Bytes of values that are on disk alone, those that are being read included. */
  spilledBytes = 0
  /** Values that can be served: in memory or on disk. One that came in parts is one; parts that were fetched are none. */
  count = 0
  /** Values that are here in parts. */
  readonly parted = new PartedKeys()

  /** −1 when nothing is known of it. */
  rowOf(task: number, run: number, part = WHOLE): number {
    return this.#rowOf.get(task, run, part)
  }

  /** Rows ever used: the bound for a walk over all of them. */
  get rows(): number {
    return this.#rows
  }

  phase(row: number): ValuePhase {
    return this.#phase[row] as ValuePhase
  }

  task(row: number): number {
    return this.#task[row]
  }

  run(row: number): number {
    return this.#run[row]
  }

  /** `WHOLE` for a value that is not a part of one. */
  part(row: number): number {
    return this.#part[row]
  }

  bytes(row: number): number {
    return this.#bytes[row]
  }

  isOnDisk(row: number): boolean {
    return this.#onDisk[row] === 1
  }

  isDoomed(row: number): boolean {
    return this.#doomed[row] === 1
  }

  pins(row: number): number {
    return this.#pins[row]
  }

  /** Whether its bytes are in memory now. */
  inMemory(row: number): boolean {
    return this.#phase[row] === HELD || this.#phase[row] === WRITING
  }

  /** Whether anything in memory is on its way to the disk, or could be. */
  get canLeave(): boolean {
    if (this.leavingBytes > 0) return true
    for (let row = this.#oldest; row !== NONE; row = this.#newer[row]) if (this.#pins[row] === 0) return true
    return false
  }

  /** A new row for a value that is not here yet. */
  await(task: number, run: number, bytes: number, part = WHOLE): number {
    const row = this.#take(task, run, bytes, part)
    this.#phase[row] = AWAITED
    return row
  }

  /** Enters a value that is now in memory; returns its row, or −1 when it was here already. */
  hold(task: number, run: number, bytes: number, part = WHOLE): number {
    let row = this.#rowOf.get(task, run, part)
    if (row === NONE) row = this.#take(task, run, bytes, part)
    else if (this.#phase[row] !== AWAITED) return NONE
    this.#bytes[row] = bytes
    this.#phase[row] = HELD
    this.managedBytes += bytes
    if (part === WHOLE) this.count++
    this.#append(row)
    return row
  }

  /** The parts of a value are on their way into rows of their own: `hold` enters each. */
  holdParts(task: number, run: number, parts: number): void {
    if (this.parted.add(task, run, parts)) this.count++
  }

  /** Bytes of all parts of a value that is here. */
  bytesOfParts(task: number, run: number): number {
    let bytes = 0
    for (let part = this.parted.partsOf(task, run) - 1; part >= 0; part--) {
      const row = this.#rowOf.get(task, run, part)
      if (row !== NONE) bytes += this.#bytes[row]
    }
    return bytes
  }

  /** Forgets that a value is here in parts; gives the rows of those that are. */
  forgetParts(task: number, run: number): number[] {
    const parts = this.parted.remove(task, run)
    const rows: number[] = []
    for (let part = 0; part < parts; part++) {
      const row = this.#rowOf.get(task, run, part)
      if (row !== NONE) rows.push(row)
    }
    if (parts > 0) this.count--
    return rows
  }

  /** Notes that a value was used now. */
  touch(row: number): void {
    if (this.passing.size > 0 && this.inMemory(row)) this.passing.delete(row)
    if (this.#phase[row] !== HELD || this.#newest === row) return
    this.#unlink(row)
    this.#append(row)
  }

  /** A pinned value stays in memory: a run is about to use it, or a peer is being sent it. */
  pin(row: number): void {
    this.#pins[row]++
  }

  /** Returns whether the row may go at last, since it was dropped while pinned. */
  unpin(row: number): boolean {
    this.#pins[row]--
    return this.#mayGo(row)
  }

  /**
   * Chooses values to put on disk, those that are `passing` first, then the least recently used, until `wantedBytes` are on
   * their way or nothing is left.
   * Those that are on disk already leave memory at once (`dropped`), the others are to be written.
   */
  chooseToSpill(wantedBytes: number): { write: number[]; dropped: number[] } {
    const write: number[] = []
    const dropped: number[] = []
    let bytes = 0
    for (const row of this.passing) {
      if (bytes >= wantedBytes) break
      if (this.#pins[row] > 0) continue
      bytes += this.#bytes[row]
      this.#leave(row)
      dropped.push(row)
    }
    for (let row = this.#oldest; row !== NONE && bytes < wantedBytes; ) {
      const next = this.#newer[row]
      if (this.#pins[row] === 0) {
        bytes += this.#bytes[row]
        if (this.#onDisk[row]) {
          this.#leave(row)
          dropped.push(row)
        } else {
          this.#unlink(row)
          this.#phase[row] = WRITING
          this.leavingBytes += this.#bytes[row]
          write.push(row)
        }
      }
      row = next
    }
    return { write, dropped }
  }

  /** Its bytes are on disk. Returns true when they should leave memory, false when somebody pinned them meanwhile. */
  written(row: number): boolean {
    this.leavingBytes -= this.#bytes[row]
    this.#onDisk[row] = 1
    if (this.#pins[row] > 0) {
      this.#phase[row] = HELD
      this.#append(row)
      return false
    }
    this.#phase[row] = SPILLED
    this.managedBytes -= this.#bytes[row]
    this.spilledBytes += this.#bytes[row]
    return true
  }

  /** It could not be written: it stays in memory. */
  notWritten(row: number): void {
    this.leavingBytes -= this.#bytes[row]
    this.#phase[row] = HELD
    this.#append(row)
  }

  load(row: number): void {
    this.#phase[row] = LOADING
    this.loadingBytes += this.#bytes[row]
  }

  loaded(row: number): void {
    this.#phase[row] = HELD
    this.passing.add(row)
    this.loadingBytes -= this.#bytes[row]
    this.spilledBytes -= this.#bytes[row]
    this.managedBytes += this.#bytes[row]
    this.#append(row)
  }

  /**
   * Nobody needs the value. Returns true when the row is free now; false when something still uses it, and `settle`
   * or `unpin` will say when it is.
   */
  drop(row: number): boolean {
    this.#rowOf.delete(this.#task[row], this.#run[row], this.#part[row])
    if (this.#phase[row] !== AWAITED && this.#part[row] === WHOLE) this.count--
    this.#doomed[row] = 1
    return this.#mayGo(row)
  }

  /** After a disk operation of a dropped value: whether it may go now. */
  settle(row: number): boolean {
    return this.#mayGo(row)
  }

  /** Gives the row back for others: the caller has let go of the bytes. */
  free(row: number): void {
    switch (this.#phase[row]) {
      case HELD:
        this.#unlink(row)
        this.passing.delete(row)
        this.managedBytes -= this.#bytes[row]
        break
      case SPILLED:
        this.spilledBytes -= this.#bytes[row]
        break
    }
    this.#phase[row] = FREE
    this.#newer[row] = this.#freeRow
    this.#freeRow = row
  }

  /** A held value that is on disk too leaves memory. */
  #leave(row: number): void {
    this.#unlink(row)
    this.passing.delete(row)
    this.#phase[row] = SPILLED
    this.managedBytes -= this.#bytes[row]
    this.spilledBytes += this.#bytes[row]
  }

  #mayGo(row: number): boolean {
    const phase = this.#phase[row]
    return this.#doomed[row] === 1 && this.#pins[row] === 0 && phase !== WRITING && phase !== LOADING
  }

  #take(task: number, run: number, bytes: number, part: number): number {
    let row = this.#freeRow
    if (row !== NONE) this.#freeRow = this.#newer[row]
    else {
      row = this.#rows++
      if (this.#rows > this.#task.length) this.#grow(this.#rows)
    }
    this.#task[row] = task
    this.#run[row] = run
    this.#part[row] = part
    this.#bytes[row] = bytes
    this.#onDisk[row] = 0
    this.#doomed[row] = 0
    this.#pins[row] = 0
    this.#rowOf.set(task, run, row, part)
    return row
  }

  #append(row: number): void {
    this.#older[row] = this.#newest
    this.#newer[row] = NONE
    if (this.#newest === NONE) this.#oldest = row
    else this.#newer[this.#newest] = row
    this.#newest = row
  }

  #unlink(row: number): void {
    const older = this.#older[row]
    const newer = this.#newer[row]
    if (older === NONE) this.#oldest = newer
    else this.#newer[older] = newer
    if (newer === NONE) this.#newest = older
    else this.#older[newer] = older
  }

  #grow(rows: number): void {
    this.#task = withRoom(this.#task, rows)
    this.#run = withRoom(this.#run, rows)
    this.#part = withRoom(this.#part, rows)
    this.#bytes = withRoom(this.#bytes, rows)
    this.#phase = withRoom(this.#phase, rows)
    this.#onDisk = withRoom(this.#onDisk, rows)
    this.#doomed = withRoom(this.#doomed, rows)
    this.#pins = withRoom(this.#pins, rows)
    this.#older = withRoom(this.#older, rows)
    this.#newer = withRoom(this.#newer, rows)
  }
}
