// A thread of test/ml/team.test.ts: it helps with jobs, or does its part in rounds of boosting, on memory that it was given.

import { parentPort, workerData } from 'node:worker_threads'
import '../../runtime/kernels/ml/trees/all.ts'
import { TeamBoard } from '../../runtime/kernels/ml/trees/teamBoard.ts'
import type { TeamRun } from '../../runtime/kernels/ml/trees/teamJobs.ts'
import type { TeamPlan } from '../../runtime/kernels/ml/trees/teamPlan.ts'
import { teamRound } from '../../runtime/kernels/ml/trees/teamRound.ts'

export type ThreadWork =
  | { kind: 'help'; member: number; board: Uint8Array; counts: Int32Array }
  | { kind: 'round'; run: TeamRun; member: number; team: TeamPlan; board: Uint8Array; rest: unknown[] }

const work = workerData as ThreadWork
if (work.kind === 'help') {
  const board = new TeamBoard(work.board)
  board.help<{ first: number }>(
    1,
    (_, units) => Array.from({ length: units }, (_, i) => units - 1 - i),
    ({ first }, unit) => Atomics.add(work.counts, first + unit, 1),
  )
  parentPort!.postMessage('gone')
} else {
  const part = teamRound(work.run, work.member, work.team, work.board, ...work.rest)
  parentPort!.postMessage(part)
}
