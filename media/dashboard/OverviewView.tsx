// The front page: how the cluster and its computation are doing, at a glance.

import type { ComponentChildren, JSX } from 'preact'
import type { Cluster } from '../cluster/cluster.ts'
import { tallyOfAll } from '../cluster/groups.ts'
import { bytes, clock, count, duration, percent, plural, short } from '../cluster/quantity.ts'
import { latest } from '../cluster/rates.ts'
import { totalsOf } from '../cluster/workers.ts'
import { ConnectionNotice } from '../frame/ConnectionNotice.tsx'
import { withoutCluster } from '../frame/EmptyState.tsx'
import type { PanelProps } from '../frame/mountPanel.tsx'
import { GroupBars, StateBar, StateLegend } from '../progress/ProgressHeader.tsx'
import { currentComputations, mostActive, progressRows } from '../progress/progressRows.ts'
import type { Results } from '../results/reducer.ts'
import { RateCharts } from '../workers/RateCharts.tsx'
import { WorkerTable } from '../workers/WorkerTable.tsx'
import type { Dashboard } from './panel.ts'

const GROUPS_MAX = 12
const WORKERS_MAX = 16
const LINES_MAX = 8

export function OverviewView({
  model,
  cluster,
  surroundings,
  connection,
}: PanelProps<Dashboard>): JSX.Element {
  const empty = withoutCluster(connection, surroundings, cluster.info !== undefined)
  if (empty) return empty
  const { workers } = cluster
  return (
    <div class="overview">
      <ConnectionNotice cluster={cluster} connection={connection} surroundings={surroundings} />
      <Tiles cluster={cluster} />
      <ProgressCard cluster={cluster} />
      <section class="card wide" aria-label="The last five minutes">
        <RateCharts cluster={cluster} />
      </section>
      <section class="card wide" aria-label="Workers">
        <h2>Workers</h2>
        {workers.byNumber.size === 0 ? (
          <p class="muted">None has joined yet. Tasks wait until one does: heddle worker starts one.</p>
        ) : workers.byNumber.size <= WORKERS_MAX ? (
          <WorkerTable cluster={cluster} />
        ) : (
          <p>
            {plural(workers.byNumber.size, 'worker')}: <a href="#workers">see them all</a>.
          </p>
        )}
      </section>
      <RecentRuns results={model.results} />
      <Log cluster={cluster} />
    </div>
  )
}

function Tiles({ cluster }: { cluster: Cluster }): JSX.Element {
  const totals = totalsOf(cluster.workers)
  const tally = tallyOfAll(cluster.groups)
  return (
    <div class="tiles">
      <Tile title="Tasks a second" value={short(latest(cluster.rates.tasksPerSecond))}>
        {count(latest(cluster.rates.queued))} queued
      </Tile>
      <Tile title="Tasks done" value={percent(tally.done, tally.total)} bad={tally.erred > 0}>
        {count(tally.done)} of {count(tally.total)}
        {tally.erred > 0 && <span class="bad"> · {count(tally.erred)} erred</span>}
      </Tile>
      <Tile title="Workers" value={count(totals.workers)} bad={totals.paused > 0}>
        {totals.paused > 0 ? (
          <span class="warn-text">{count(totals.paused)} paused: memory is nearly full</span>
        ) : (
          `${totals.busyThreads} of ${plural(totals.threads, 'thread')} busy`
        )}
      </Tile>
      <Tile title="CPU" value={percent(totals.cpuPercent, totals.threads * 100)}>
        scheduler {Math.round(latest(cluster.rates.schedulerCpuPercent))}%
      </Tile>
      <Tile title="Memory" value={percent(totals.rssBytes, totals.memoryLimitBytes)}>
        {bytes(totals.rssBytes)} of {bytes(totals.memoryLimitBytes)}
        {totals.spilledBytes > 0 && ` · ${bytes(totals.spilledBytes)} spilled`}
      </Tile>
    </div>
  )
}

interface TileProps {
  title: string
  value: string
  bad?: boolean
  children: ComponentChildren
}

function Tile({ title, value, children }: TileProps): JSX.Element {
  return (
    <section class="tile">
      <h2>{title}</h2>
      <strong>{value}</strong>
      <p class="muted">{children}</p>
    </section>
  )
}

function ProgressCard({ cluster }: { cluster: Cluster }): JSX.Element {
  const current = currentComputations(cluster.groups)
  const rows = progressRows(cluster.groups, current)
  const shown = mostActive(rows, GROUPS_MAX)
  const tally = tallyOfAll(cluster.groups, current)
  return (
    <section class="card wide" aria-label="Progress">
      <h2>
        <span>Progress</span>
        <StateLegend />
      </h2>
      {rows.length === 0 ? (
        <p class="muted">
          Nothing to do. Run a file with heddle run, or click ▷ Run above an expression in VS Code.
        </p>
      ) : (
        <>
          <div class="progress-line">
            <span class="muted">
              {count(tally.done)} of {plural(tally.total, 'task')} in {plural(rows.length, 'group')}
            </span>
            <a href="#taskGraph">Task graph</a>
          </div>
          <StateBar tally={tally} label="All tasks" />
          <GroupBars rows={shown} />
          {shown.length < rows.length && (
            <p class="muted small">
              and {plural(rows.length - shown.length, 'group')} more: see the{' '}
              <a href="#taskGraph">task graph</a>.
            </p>
          )}
        </>
      )}
    </section>
  )
}

function RecentRuns({ results }: { results: Results }): JSX.Element | null {
  if (results.runs.length === 0) return null
  return (
    <section class="card" aria-label="Runs">
      <h2>
        <span>Runs</span>
        <a href="#results">Results</a>
      </h2>
      <ul class="lines">
        {results.runs.slice(0, LINES_MAX).map((run) => (
          <li key={run.run}>
            <span class="muted time">{clock(run.startedMs)}</span>
            <span class="line-text" title={`${run.label}\n${run.file}`}>
              {run.label}
            </span>
            <span class={`badge run-${run.state}`}>{run.state}</span>
            <span class="muted took">{run.durationMs === undefined ? '' : duration(run.durationMs)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Log({ cluster }: { cluster: Cluster }): JSX.Element | null {
  if (cluster.log.length === 0) return null
  return (
    <section class="card" aria-label="Log">
      <h2>Log</h2>
      <ul class="lines" role="log">
        {cluster.log.slice(-LINES_MAX).map((line, index) => (
          <li key={index}>
            <span
              class={`level level-${line.level === 'error' || line.level === 'warn' ? line.level : 'info'}`}
            >
              {line.level}
            </span>
            <span class="line-text">{line.text}</span>
            {line.worker && (
              <span class="muted line-worker" title={line.worker}>
                {line.worker}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
