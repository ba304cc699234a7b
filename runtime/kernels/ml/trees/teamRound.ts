// Rounds of boosting by the threads of one worker together: they sum up blocks of rows, look for splits of some features
// each, and the one that leads grows the trees. What comes of it is what a round level by level gives, to the last bit.

import { kernel } from '../../kernel.ts'
import { resultBuffer } from '../../resultMemory.ts'
import type { BoostBlock } from './boostBlock.ts'
import type { BoostRoot } from './boostLevel.ts'
import { boardBytes } from './teamBoard.ts'
import type { TeamRun } from './teamJobs.ts'
import { Member } from './teamMember.ts'
import type { TeamOutcome, TeamPart, TeamPlan } from './teamPlan.ts'

/** The memory that threads work on together: the one value that is written to while others have it. */
export const openBoard = kernel('ml.boost.board', (_: unknown, { layout }: TeamPlan): Uint8Array => {
  const bytes = new Uint8Array(resultBuffer(layout.bytes), 0, layout.bytes)
  bytes.fill(0, 0, boardBytes(layout.textBytes))
  return bytes
})

/** A member's part in a run of rounds. */
export const teamRound = kernel(
  'ml.boost.team',
  (run: TeamRun, member: number, team: TeamPlan, board: Uint8Array, ...rest: unknown[]): TeamPart => {
    const { blocks: count } = team.layout
    const blocks = rest.slice(0, count) as BoostBlock[]
    const before = predictionsIn(rest.slice(count) as (BoostRoot | TeamPart)[], count)
    return partOf(new Member(run, member, team, board, blocks, before), team)
  },
)

function partOf(member: Member, { layout }: TeamPlan): TeamPart {
  const role = member.enter()
  if (role === 'lead') return member.lead()
  if (role === 'help') return member.help()
  const alone = member.alone(new Uint8Array(layout.bytes))
  alone.enter()
  return alone.lead()
}

/** Predictions of all blocks: first one of each, later spread over members. */
function predictionsIn(before: readonly (BoostRoot | TeamPart)[], count: number): Float64Array[] {
  return Array.from({ length: count }, (_, block) => {
    for (const each of before)
      if ('outcome' in each) {
        const own = each.predictions[block]
        if (own) return own
      } else return (before[block] as BoostRoot).predictions
    throw new Error(`nobody has the predictions of block ${block}: this is a fault in heddle`)
  })
}

/** One of several parts: that of whoever led. */
export const ledPart = kernel(
  'ml.boost.led',
  (parts: readonly TeamPart[]): TeamPart => ({
    predictions: [],
    outcome: parts.find(({ outcome }) => outcome)?.outcome ?? null,
  }),
)

/** What came of a run. */
export const outcomeOfTeam = kernel(
  'ml.boost.teamOutcome',
  (_state: unknown, _before: unknown, parts: readonly TeamPart[]): TeamOutcome => ledPart(parts).outcome!,
)

/** A block as level by level growth wants it, after a run of a team. */
export const rootOfTeam = kernel(
  'ml.boost.teamRoot',
  (block: number, ...parts: TeamPart[]): BoostRoot => ({
    predictions: predictionsIn(parts, block + 1)[block],
    histograms: [],
  }),
)
