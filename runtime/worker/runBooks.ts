// The runs that the scheduler gave this worker: a slot each, in typed columns beside the message that brought it.

import type { ExecuteInstruction } from '../protocol/messages.ts'
import { withRoom } from './column.ts'
import { TaskRunTable, WHOLE } from './taskRunTable.ts'

export const UNUSED = 0
/** Some of its dependencies are not here. */
export const WAITING = 1
/** Everything is here; it stands in the ready queue. */
export const READY = 2
/** Next in line, but dependencies are being read back from disk. */
export const READING = 3
/** Given to a thread. */
export const POSTED = 4
/** Given to a thread and cancelled since: whatever comes of it is dropped. */
export const CANCELLED = 5
export type RunPhase =
  | typeof UNUSED
  | typeof WAITING
  | typeof READY
  | typeof READING
  | typeof POSTED
  | typeof CANCELLED

/** One message's runs: its columns stay as they came until the last of them is over. */
interface Batch {
  message: ExecuteInstruction
  live: number
}

export class RunBooks {
  readonly #slotOf = new TaskRunTable()
  readonly #batches: (Batch | undefined)[] = []
  readonly #freeBatches: number[] = []
  #batch = new Int32Array(64)
  #at = new Int32Array(64)
  #phase = new Uint8Array(64)
  #lacking = new Int32Array(64)
  #alone = new Uint8Array(64)
  #slots = 0
  #free: number[] = []
  /** Runs in each phase. */
  readonly counts = new Int32Array(6)
  /** Runs that no other may run beside. */
  aloneCount = 0

  get slots(): number {
    return this.#slots
  }

  slotOf(task: number, run: number): number {
    return this.#slotOf.get(task, run)
  }

  /** Enters a message's runs, all waiting. Returns the slots, −1 for a run that is here already. */
  enter(message: ExecuteInstruction): Int32Array {
    const count = message.tasks.length
    const number = this.#freeBatches.pop() ?? this.#batches.length
    const batch: Batch = { message, live: 0 }
    const slots = new Int32Array(count)
    for (let at = 0; at < count; at++) {
      if (this.#slotOf.get(message.tasks[at], message.runs[at]) !== -1) {
        slots[at] = -1
        continue
      }
      const slot = this.#free.pop() ?? this.#newSlot()
      this.#batch[slot] = number
      this.#at[slot] = at
      this.#phase[slot] = WAITING
      this.#lacking[slot] = 0
      this.#alone[slot] = 0
      this.#slotOf.set(message.tasks[at], message.runs[at], slot)
      slots[at] = slot
      batch.live++
    }
    this.counts[WAITING] += batch.live
    if (batch.live > 0) this.#batches[number] = batch
    else if (number < this.#batches.length) this.#freeBatches.push(number)
    return slots
  }

  leave(slot: number): void {
    const number = this.#batch[slot]
    const batch = this.#batches[number]!
    const at = this.#at[slot]
    this.#slotOf.delete(batch.message.tasks[at], batch.message.runs[at])
    this.setPhase(slot, UNUSED)
    this.aloneCount -= this.#alone[slot]
    this.#alone[slot] = 0
    this.#free.push(slot)
    if (--batch.live === 0) {
      this.#batches[number] = undefined
      this.#freeBatches.push(number)
    }
  }

  phase(slot: number): RunPhase {
    return this.#phase[slot] as RunPhase
  }

  setPhase(slot: number, phase: RunPhase): void {
    this.counts[this.#phase[slot]]--
    this.counts[phase]++
    this.#phase[slot] = phase
  }

  /** How many dependencies it lacks. */
  lacking(slot: number): number {
    return this.#lacking[slot]
  }

  setLacking(slot: number, lacking: number): void {
    this.#lacking[slot] = lacking
  }

  /** No other may run beside it. */
  isAlone(slot: number): boolean {
    return this.#alone[slot] === 1
  }

  setAlone(slot: number): void {
    if (this.#alone[slot] === 0) this.aloneCount++
    this.#alone[slot] = 1
  }

  /** The message that brought it; `at(slot)` is its place in the message's columns. */
  message(slot: number): ExecuteInstruction {
    return this.#batches[this.#batch[slot]]!.message
  }

  at(slot: number): number {
    return this.#at[slot]
  }

  task(slot: number): number {
    return this.message(slot).tasks[this.#at[slot]]
  }

  run(slot: number): number {
    return this.message(slot).runs[this.#at[slot]]
  }

  callable(slot: number): number {
    return this.message(slot).callables[this.#at[slot]]
  }

  priority(slot: number): number {
    return this.message(slot).priorities[this.#at[slot]]
  }

  wantsInline(slot: number): boolean {
    return this.message(slot).inline[this.#at[slot]] === 1
  }

  /** Milliseconds; 0 for none. */
  timeoutMs(slot: number): number {
    const { timeouts } = this.message(slot)
    return timeouts.length === 0 ? 0 : timeouts[this.#at[slot]]
  }

  /** Calls back for each dependency in order: its task, the run that made it, a holder, its size, which part of it. */
  eachDependency(
    slot: number,
    visit: (task: number, run: number, holder: number, bytes: number, part: number) => void,
  ): void {
    const {
      dependencyOffsets,
      dependencies,
      dependencyRuns,
      dependencyHolders,
      dependencySizes,
      dependencyParts,
    } = this.message(slot)
    const at = this.#at[slot]
    for (let i = dependencyOffsets[at]; i < dependencyOffsets[at + 1]; i++)
      visit(
        dependencies[i],
        dependencyRuns[i],
        dependencyHolders[i],
        dependencySizes[i],
        dependencyParts ? dependencyParts[i] : WHOLE,
      )
  }

  /** Calls back for each part of a value that it takes. */
  eachPart(slot: number, visit: (task: number, run: number, part: number) => void): void {
    if (!this.message(slot).dependencyParts) return
    this.eachDependency(slot, (task, run, _holder, _bytes, part) => {
      if (part !== WHOLE) visit(task, run, part)
    })
  }

  dependencyCount(slot: number): number {
    const { dependencyOffsets } = this.message(slot)
    const at = this.#at[slot]
    return dependencyOffsets[at + 1] - dependencyOffsets[at]
  }

  #newSlot(): number {
    const slot = this.#slots++
    this.#batch = withRoom(this.#batch, this.#slots)
    this.#at = withRoom(this.#at, this.#slots)
    this.#phase = withRoom(this.#phase, this.#slots)
    this.#lacking = withRoom(this.#lacking, this.#slots)
    this.#alone = withRoom(this.#alone, this.#slots)
    return slot
  }
}
