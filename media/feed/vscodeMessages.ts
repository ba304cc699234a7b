// What travels between a webview and the extension by `postMessage`.

import type { RegionQuery } from '../../runtime/protocol/regions.ts'
import type { Page, RowsQuery } from '../../runtime/protocol/rows.ts'
import type { EditorCommand, JobAction } from './surroundings.ts'

/** To the webview: a frame of FEED_MESSAGES as it came from the scheduler, how the cluster is doing, or a page that was asked for. */
export type MessageToPanel =
  | Uint8Array
  | { kind: 'cluster'; state: 'none' | 'connecting' }
  /** The results of this run are to be shown. */
  | { kind: 'show-run'; run: string; startedMs: number; askedMs: number }
  | { kind: 'page'; id: number; page: Page }
  | { kind: 'page'; id: number; refused: string }

/** From the webview. `ready` is said once, when the panel listens: the extension then opens or replays its feed. */
export type MessageFromPanel =
  | { kind: 'ready'; panel: string }
  /** A frame of FEED_REQUESTS, to be passed on as it is. */
  | { kind: 'request'; frame: Uint8Array }
  | { kind: 'open'; place: { file: string; line: number; column: number } }
  | { kind: 'command'; command: EditorCommand }
  /** So many workers are wanted. */
  | { kind: 'scale'; workers: number }
  /** Something about jobs, or about one. */
  | { kind: 'job'; action: JobAction; id?: string }
  /** All rows of a run's value, to be written where the user says. */
  | { kind: 'save-rows'; run: string }
  /** A page of a run's rows. */
  | { kind: 'rows'; id: number; query: RowsQuery }
  /** A part of a run's array. */
  | { kind: 'region'; id: number; query: RegionQuery }
  /** To be written where the user says. */
  | { kind: 'save'; name: string; content: Uint8Array }
