// `heddle replay FILE`: plays a scheduler's record again, compares, and answers questions about the state it reached.

import { replayRecord } from '../host/replayRecord.ts'
import { withLocalTime } from '../protocol/localTime.ts'
import { parseCommandLine } from './commandLine.ts'
import { EXIT } from './exitCodes.ts'
import { plural } from './quantity.ts'
import { UsageError } from './usageError.ts'

const OPTIONS = {
  until: { type: 'string' },
  'check-invariants': { type: 'boolean' },
  story: { type: 'string' },
  explain: { type: 'string' },
  dump: { type: 'boolean' },
} as const

export async function replayCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, true)
  if (positionals.length !== 1)
    throw new UsageError('say which record to play again: heddle replay FILE', 'replay')
  const until = values.until === undefined ? Infinity : Number(values.until)
  if (!(until >= 0))
    throw new UsageError(`--until must be a number of events, not ${JSON.stringify(values.until)}`, 'replay')
  const { scheduler, events, messages, fault } = replayRecord(positionals[0], {
    until,
    ...(values['check-invariants'] && { checkInvariants: true }),
  })
  const said = `${plural(events, 'event')} played again, ${plural(messages, 'message')} sent`
  if (fault) process.stderr.write(`heddle replay: ${said}: at event ${fault.event}, ${fault.text}\n`)
  else process.stderr.write(`heddle replay: ${said}: the same as then\n`)
  if (values.story !== undefined)
    process.stdout.write(
      scheduler
        .story(values.story)
        .map((line) => `${withLocalTime(line)}\n`)
        .join(''),
    )
  if (values.explain !== undefined) process.stdout.write(`${scheduler.explain(values.explain).join('\n')}\n`)
  if (values.dump) process.stdout.write(`${JSON.stringify(scheduler.dump(), null, 2)}\n`)
  return fault ? EXIT.failed : EXIT.ok
}
