// The jobs that workers run in: state, reason, node, time left, what each asked for, with its log and its end a click away.

import type { JSX } from 'preact'
import type { JobsReport } from '../../runtime/protocol/jobs.ts'
import { duration, plural } from '../cluster/quantity.ts'
import type { JobAction, Surroundings } from '../feed/surroundings.ts'
import { ConnectionNotice } from '../frame/ConnectionNotice.tsx'
import { EmptyState, withoutCluster } from '../frame/EmptyState.tsx'
import { IconButton } from '../frame/IconButton.tsx'
import type { PanelProps } from '../frame/mountPanel.tsx'
import { ScrollRegion } from '../frame/ScrollRegion.tsx'
import { type JobRow, jobRows } from './jobRows.ts'
import type { JobsModel } from './panel.ts'

export function JobsView({ model, cluster, surroundings, connection }: PanelProps<JobsModel>): JSX.Element {
  const empty = withoutCluster(connection, surroundings, cluster.info !== undefined)
  if (empty) return empty
  const { report } = model
  if (!report)
    return (
      <EmptyState title="The workers of this cluster are no jobs">
        Here stand the jobs of a Slurm cluster: connect to one with Heddle: Connect to Cluster…
      </EmptyState>
    )
  const rows = jobRows(report, cluster.nowMs)
  return (
    <div class="panel scrolls">
      <ConnectionNotice cluster={cluster} connection={connection} surroundings={surroundings} />
      {[report.stopped, report.unanswered].map(
        (trouble) =>
          trouble !== undefined && (
            <p key={trouble} class="notice" role="alert">
              {trouble}
            </p>
          ),
      )}
      <JobsHeader report={report} nowMs={cluster.nowMs} surroundings={surroundings} />
      {rows.length === 0 ? (
        <EmptyState title="No job was asked for">Scale the cluster up, or let it follow the load.</EmptyState>
      ) : (
        <JobTable rows={rows} surroundings={surroundings} />
      )}
    </div>
  )
}

interface HeaderProps {
  report: JobsReport
  nowMs: number
  surroundings: Surroundings
}

function JobsHeader({ report, nowMs, surroundings }: HeaderProps): JSX.Element {
  const { wanted, adapting, scheduler } = report
  const counts = Object.entries(wanted).map(([pool, count]) =>
    pool === 'workers' ? plural(count, 'job') : `${count} of ${pool}`,
  )
  const act = (action: JobAction) => () => surroundings.job(action)
  return (
    <header class="jobs-header">
      <p>
        <strong>{counts.join(', ')} wanted</strong>
        {adapting && <span class="badge">follows the load</span>}
        {scheduler && (
          <span class="muted">
            {' '}
            · scheduler in job {scheduler.id} on {scheduler.nodes}
            {scheduler.endMs !== undefined && `, ${duration(Math.max(0, scheduler.endMs - nowMs))} left`}
          </span>
        )}
      </p>
      {surroundings.place === 'editor' && (
        <p class="jobs-actions">
          <vscode-button onClick={act('scale')}>Scale…</vscode-button>
          <vscode-button secondary onClick={act('adapt')}>
            Follow the Load…
          </vscode-button>
          <vscode-button secondary onClick={act('down')}>
            End Cluster
          </vscode-button>
        </p>
      )}
    </header>
  )
}

const COLUMNS = [
  ['name', 'Job'],
  ['fate', 'State'],
  ['nodes', 'Node'],
  ['left', 'Time left'],
  ['asked', 'Asked for'],
  ['count', 'Workers'],
  ['does', ''],
] as const

function JobTable({ rows, surroundings }: { rows: JobRow[]; surroundings: Surroundings }): JSX.Element {
  return (
    <ScrollRegion class="table-holder" label="Jobs">
      <table class="workers jobs">
        <thead>
          <tr>
            {COLUMNS.map(([name, title]) => (
              <th key={name} scope="col" class={`job-${name}`}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.id} row={row} surroundings={surroundings} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

function Row({ row, surroundings }: { row: JobRow; surroundings: Surroundings }): JSX.Element {
  const { id, pool, state, why, nodes, timeLeft, resources, workers, live } = row
  return (
    <tr class={live ? '' : 'muted'}>
      <th scope="row" class="job-name" data-title="job">
        <span class="worker-name">{id}</span>
        {pool !== 'workers' && <span class="badge">{pool}</span>}
      </th>
      <td class="job-fate">
        <span class={`job-state ${state}`}>{state}</span>
        {why !== '' && <span class="muted small worker-host job-why">{why}</span>}
      </td>
      <td class="job-nodes" data-title="on">
        {nodes}
      </td>
      <td class="job-left figures" data-title="time left">
        {timeLeft}
      </td>
      <td class="job-asked">{resources}</td>
      <td class="job-count figures" data-title="workers">
        {live ? workers : ''}
      </td>
      <td class="job-does">
        {surroundings.place === 'editor' && (
          <span class="job-buttons">
            <IconButton sign="open" label={`Log of job ${id}`} onClick={() => surroundings.job('log', id)} />
            {live && (
              <IconButton
                sign="close"
                label={`Cancel job ${id}`}
                onClick={() => surroundings.job('cancel', id)}
              />
            )}
          </span>
        )}
      </td>
    </tr>
  )
}
