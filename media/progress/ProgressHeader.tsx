// The strip above every panel: how far the computation is, how fast it goes, and whether the cluster still answers.

import type { JSX } from 'preact'
import type { Cluster } from '../cluster/cluster.ts'
import { type Tally, tallyOfAll } from '../cluster/groups.ts'
import { count, percent, plural, short } from '../cluster/quantity.ts'
import { latest } from '../cluster/rates.ts'
import { totalsOf } from '../cluster/workers.ts'
import { barParts, currentComputations, type ProgressRow, tallyText } from './progressRows.ts'

export function ProgressHeader({ cluster }: { cluster: Cluster }): JSX.Element {
  const tally = tallyOfAll(cluster.groups, currentComputations(cluster.groups))
  const { workers, threads, busyThreads } = totalsOf(cluster.workers)
  const rate = latest(cluster.rates.tasksPerSecond)
  return (
    <header class="progress-header">
      <div class="progress-line">
        {tally.total > 0 ? (
          <span>
            <strong>{percent(tally.done, tally.total)}</strong>{' '}
            <span class="muted">
              {count(tally.done)} of {plural(tally.total, 'task')}
            </span>
            {tally.erred > 0 && <span class="bad"> · {count(tally.erred)} erred</span>}
          </span>
        ) : (
          <span class="muted">No tasks yet</span>
        )}
        <span class="muted progress-facts">
          <span>{short(rate)} tasks/s</span>
          <span>
            {busyThreads} of {plural(threads, 'thread')} busy
          </span>
          <span>{plural(workers, 'worker')}</span>
        </span>
      </div>
      <StateBar tally={tally} label="All tasks" />
    </header>
  )
}

/** A tally as one stacked bar; what it says in words is its label. */
export function StateBar({ tally, label }: { tally: Tally; label: string }): JSX.Element {
  return (
    <div class="state-bar" role="img" aria-label={`${label}: ${tallyText(tally)}`} title={tallyText(tally)}>
      {barParts(tally).map(({ state, share }) => (
        <span key={state} class={`part state-${state}`} style={{ width: `${share * 100}%` }} />
      ))}
    </div>
  )
}

/** One bar a group, with its name and counts. */
export function GroupBars({ rows }: { rows: readonly ProgressRow[] }): JSX.Element {
  return (
    <ul class="group-bars" aria-label="Progress by group">
      {rows.map(({ place, name, kind, tally }) => (
        <li key={place}>
          <span class="group-name" title={kind ? `${name} · ${kind}` : name}>
            {name}
          </span>
          <StateBar tally={tally} label={name} />
          <span class="group-count">
            {short(tally.done)}
            <span class="muted"> / {short(tally.total)}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}

/** What the colours of bars and graphs mean. */
export function StateLegend(): JSX.Element {
  const states = [
    ['waiting', 'waiting'],
    ['ready', 'ready'],
    ['running', 'running'],
    ['stored', 'done'],
    ['erred', 'erred'],
  ] as const
  return (
    <ul class="legend" aria-label="Colours of task states">
      {states.map(([state, word]) => (
        <li key={state}>
          <span class={`swatch state-${state}`} />
          {word}
        </li>
      ))}
    </ul>
  )
}
