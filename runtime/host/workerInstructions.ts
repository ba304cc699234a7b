// Hands each of the scheduler's instructions to the part of the worker that carries it out.

import type { WorkerInstruction } from '../protocol/messages.ts'
import { onCancel, onDiscard, onExecute, onRecall, onReplicate } from '../worker/onInstruction.ts'
import type { WorkerState } from '../worker/workerState.ts'
import type { LaneFeeder } from './laneFeeder.ts'
import type { ModuleFolder } from './moduleFolder.ts'
import type { ValueTransfers } from './valueTransfers.ts'

/** The parts of a worker that are instructed. */
export interface InstructedParts {
  name: string
  state: WorkerState
  modules: ModuleFolder
  feeder: LaneFeeder
  transfers: ValueTransfers
  /** The scheduler has taken this worker in under a number. */
  welcomed(worker: number, cluster: string): void
  /** Heartbeats say which values are where from now on, or do not. */
  watchMemory(on: boolean): void
  /** Threads are sampled from now on, or not any more; what was seen is told under a number that is not 0. */
  watchLines(on: boolean, tell: number): void
  /** Leaves the cluster and ends. */
  leave(reason: string): void
}

export function receiveInstruction(parts: InstructedParts, message: WorkerInstruction): void {
  const { state, modules, feeder, transfers } = parts
  switch (message.type) {
    case 'welcome':
      parts.welcomed(message.worker, message.cluster)
      break
    case 'modules':
      modules.write(message.names, message.contents, message.contentOffsets)
      break
    case 'no-modules':
      modules.refuse(message.names, message.reason)
      break
    case 'callables':
      feeder.addCallables(message)
      break
    case 'peers':
      message.workers.forEach((worker, i) => {
        transfers.setAddress(worker, message.addresses[i])
      })
      break
    case 'execute':
      onExecute(state, message)
      break
    case 'discard':
      onDiscard(state, message)
      break
    case 'cancel':
      onCancel(state, message)
      break
    case 'recall':
      onRecall(state, message)
      break
    case 'replicate':
      onReplicate(state, message)
      break
    case 'watch-memory':
      parts.watchMemory(message.on)
      break
    case 'watch-lines':
      parts.watchLines(message.on, message.tell)
      break
    case 'refused':
      console.error(`heddle worker ${parts.name}: the scheduler refused a message: ${message.reason}`)
      break
    case 'close':
      parts.leave(message.reason)
      break
    default:
      message satisfies never
  }
}
