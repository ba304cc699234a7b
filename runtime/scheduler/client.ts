// What the scheduler knows of one client, and what it is about to tell it.

import type { TaskFailure } from '../protocol/failure.ts'
import type { ClientReply } from '../protocol/messages.ts'
import { isTaskClientName } from '../protocol/taskClientName.ts'
import { ByteList, FloatList, IntList } from './grow.ts'
import { HandleTable } from './handleTable.ts'
import type { GroupWork } from './lineFigures.ts'

export interface Client {
  readonly id: number
  readonly name: string
  /** Through it, tasks submit tasks. */
  readonly ofTasks: boolean
  /** From the client's handles to entries of the pool of wants. */
  readonly handles: HandleTable
  /** Modules that it sent. */
  readonly modules: Set<string>
  readonly outbox: ClientOutbox
  /** Groups that its graphs have, and what each had done before. */
  readonly groups: Map<number, GroupWork>
}

/** Replies in the making: columns for the frequent ones, whole messages for the rest. */
export class ClientOutbox {
  dirty = false
  /** Messages that are complete; they go out before the columns. */
  readonly sealed: ClientReply[] = []
  readonly finishedHandles = new IntList()
  readonly finishedSizes = new FloatList()
  readonly inline = new ByteList()
  readonly inlineOffsets = new IntList()
  readonly erredHandles = new IntList()
  readonly erredFailure = new IntList()
  readonly failures = new Map<TaskFailure, number>()
  readonly unfinished = new IntList()

  finished(handle: number, bytes: number, inline: Uint8Array, from: number, to: number): void {
    if (this.unfinished.length > 0) this.sealUnfinished()
    if (this.finishedHandles.length === 0) this.inlineOffsets.push(0)
    this.finishedHandles.push(handle)
    this.finishedSizes.push(bytes)
    this.inline.append(inline, from, to)
    this.inlineOffsets.push(this.inline.length)
  }

  erred(handle: number, failure: TaskFailure): void {
    if (this.unfinished.length > 0) this.sealUnfinished()
    let index = this.failures.get(failure)
    if (index === undefined) {
      index = this.failures.size
      this.failures.set(failure, index)
    }
    this.erredHandles.push(handle)
    this.erredFailure.push(index)
  }

  /** A result is no longer there: whatever was said before must reach the client before this, and after it only later news. */
  taken(handle: number): void {
    if (this.finishedHandles.length > 0) this.sealFinished()
    if (this.erredHandles.length > 0) this.sealErred()
    this.unfinished.push(handle)
  }

  /** Posts everything; columns are views that are valid during the call. */
  drain(post: (message: ClientReply) => void): void {
    this.dirty = false
    for (const message of this.sealed) post(message)
    this.sealed.length = 0
    if (this.unfinished.length > 0) post({ type: 'unfinished', handles: this.unfinished.viewUnsigned() })
    if (this.finishedHandles.length > 0) post(this.#finishedMessage())
    if (this.erredHandles.length > 0) post(this.#erredMessage())
    this.#clear()
  }

  /** Completes the columns so far: what is pushed to `sealed` after this reaches the client after them. */
  seal(): void {
    if (this.unfinished.length > 0) this.sealUnfinished()
    if (this.finishedHandles.length > 0) this.sealFinished()
    if (this.erredHandles.length > 0) this.sealErred()
  }

  sealFinished(): void {
    this.sealed.push(structuredClone(this.#finishedMessage()))
    this.finishedHandles.clear()
    this.finishedSizes.clear()
    this.inline.clear()
    this.inlineOffsets.clear()
  }

  sealErred(): void {
    this.sealed.push(structuredClone(this.#erredMessage()))
    this.erredHandles.clear()
    this.erredFailure.clear()
    this.failures.clear()
  }

  sealUnfinished(): void {
    this.sealed.push({ type: 'unfinished', handles: this.unfinished.viewUnsigned().slice() })
    this.unfinished.clear()
  }

  #finishedMessage(): ClientReply {
    return {
      type: 'finished',
      handles: this.finishedHandles.viewUnsigned(),
      sizes: this.finishedSizes.view(),
      inline: this.inline.view(),
      inlineOffsets: this.inlineOffsets.viewUnsigned(),
    }
  }

  #erredMessage(): ClientReply {
    return {
      type: 'erred',
      handles: this.erredHandles.viewUnsigned(),
      failures: [...this.failures.keys()],
      failure: this.erredFailure.viewUnsigned(),
    }
  }

  #clear(): void {
    this.unfinished.clear()
    this.finishedHandles.clear()
    this.finishedSizes.clear()
    this.inline.clear()
    this.inlineOffsets.clear()
    this.erredHandles.clear()
    this.erredFailure.clear()
    this.failures.clear()
  }
}

export function createClient(id: number, name: string): Client {
  return {
    id,
    name,
    ofTasks: isTaskClientName(name),
    handles: new HandleTable(),
    modules: new Set(),
    outbox: new ClientOutbox(),
    groups: new Map(),
  }
}
