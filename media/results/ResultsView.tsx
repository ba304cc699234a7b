// The results: one run at a time, with its value as a table, a tree or text, and what it printed.

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Display } from '../../runtime/protocol/runs.ts'
import { clock, count, duration, short } from '../cluster/quantity.ts'
import { ConnectionNotice } from '../frame/ConnectionNotice.tsx'
import { EmptyState, withoutCluster } from '../frame/EmptyState.tsx'
import { IconButton } from '../frame/IconButton.tsx'
import type { PanelProps } from '../frame/mountPanel.tsx'
import { PlaceLink, placeText } from '../frame/PlaceLink.tsx'
import { ScrollRegion } from '../frame/ScrollRegion.tsx'
import { StateBar } from '../progress/ProgressHeader.tsx'
import { CurveChart } from './CurveChart.tsx'
import { chosenRun, type WantedRun } from './chosenRun.ts'
import { CopyButton, DisplayView, SaveButton } from './DisplayView.tsx'
import { RunFailureView } from './RunFailureView.tsx'
import type { Results, ShownRun, SiteProgress } from './reducer.ts'

export function ResultsView(props: PanelProps<Results>): JSX.Element {
  const { model, cluster, surroundings, connection } = props
  const [wanted, setWanted] = useState<WantedRun>()
  useEffect(() => surroundings.watchWantedRun?.(setWanted), [surroundings])
  const empty = withoutCluster(connection, surroundings, cluster.info !== undefined || model.runs.length > 0)
  if (empty) return empty
  const { shown: run, gone } = chosenRun(model.runs, wanted)
  if (!run)
    return (
      <div class="panel">
        <ConnectionNotice cluster={cluster} connection={connection} surroundings={surroundings} />
        <EmptyState title="No results yet">
          Click ▷ Run above an expression, or run a file: its value, its output and its errors appear here.
        </EmptyState>
      </div>
    )
  const choose = (id: string): void => {
    const startedMs = model.runs.find((each) => each.run === id)?.startedMs ?? 0
    setWanted({ run: id, startedMs, askedMs: Date.now() })
  }
  return (
    <div class="panel">
      <ConnectionNotice cluster={cluster} connection={connection} surroundings={surroundings} />
      {gone && (
        <div class="notice calm" role="status">
          The results of that run are held no longer: run it again. This is the latest run.
        </div>
      )}
      <header class="run-header">
        {model.runs.length > 1 ? (
          <vscode-single-select
            label="Run"
            value={run.run}
            onChange={(event: Event) => choose((event.currentTarget as HTMLSelectElement).value)}
          >
            {model.runs.map((each) => (
              <vscode-option key={each.run} value={each.run} selected={each.run === run.run}>
                {`${clock(each.startedMs)}  ${each.label}`}
              </vscode-option>
            ))}
          </vscode-single-select>
        ) : (
          <strong class="run-label">{run.label}</strong>
        )}
        <RunStateBadge run={run} />
        <span class="muted">
          {placeText({ file: run.file })} · {clock(run.startedMs)}
          {run.durationMs === undefined ? '' : ` · ${duration(run.durationMs)}`}
        </span>
        <span class="spring" />
        {run.result && <CopyButton display={run.result.display} />}
        {run.result && !pagesOf(run, surroundings) && (
          <SaveButton display={run.result.display} save={surroundings.save} />
        )}
        {run.result && allOf(run.result.display) && surroundings.place === 'editor' && (
          <IconButton
            sign="save"
            label={allOf(run.result.display)!}
            showLabel
            onClick={() => surroundings.saveRows(run.run)}
          />
        )}
      </header>
      <RunBody key={run.run} run={run} {...props} />
    </div>
  )
}

/** All rows are to be seen, not only those that came with the result. */
const pagesOf = ({ result }: ShownRun, { rows }: PanelProps<Results>['surroundings']): boolean =>
  rows !== undefined && result?.display.kind === 'table' && result.display.remote === true

/** What the cluster can write to a file, of which the panel may have a part. */
function allOf(display: Display): string | undefined {
  if (display.kind === 'table') return 'Save all rows…'
  return display.kind === 'array' ? 'Save all elements…' : undefined
}

const STATE_WORDS: Record<ShownRun['state'], string> = {
  running: 'running',
  finished: 'finished',
  failed: 'failed',
  cancelled: 'cancelled',
  crashed: 'crashed',
}

function RunStateBadge({ run }: { run: ShownRun }): JSX.Element {
  return (
    <span class={`badge run-${run.state}`} role="status">
      {STATE_WORDS[run.state]}
    </span>
  )
}

function RunBody({ run, surroundings }: { run: ShownRun } & PanelProps<Results>): JSX.Element {
  const { result, failure, output, notices } = run
  const running = run.sites.filter((site) => site.durationMs === undefined)
  const nothing = !result && !failure && output.length === 0 && run.curves.length === 0
  return (
    <div class="run-body">
      {notices.map((text, index) => (
        <div class="notice calm" key={index}>
          {text}
        </div>
      ))}
      {run.state === 'running' && running.length > 0 && (
        <ul class="sites" aria-label="What is being computed">
          {running.map((site) => (
            <Site key={site.site.site} site={site} surroundings={surroundings} />
          ))}
        </ul>
      )}
      {run.curves.map((shown) => (
        <CurveChart key={shown.curve.curve} shown={shown} surroundings={surroundings} />
      ))}
      {failure && <RunFailureView failure={failure} surroundings={surroundings} />}
      {result && (
        <DisplayView
          display={result.display}
          save={surroundings.save}
          {...(surroundings.rows && { rows: (request) => surroundings.rows!({ run: run.run, ...request }) })}
          {...(surroundings.region && {
            region: (request) => surroundings.region!({ run: run.run, ...request }),
          })}
        />
      )}
      {nothing && run.state === 'running' && running.length === 0 && <p class="muted pad">Running…</p>}
      {nothing && run.state === 'finished' && (
        <p class="muted pad">It finished without a value and printed nothing.</p>
      )}
      {nothing && run.state === 'cancelled' && <p class="muted pad">It was cancelled.</p>}
      {nothing && run.state === 'crashed' && (
        <p class="muted pad">Its process ended without saying why. The cluster's log may know more.</p>
      )}
      {output.length > 0 && (
        <details class="output" open={!result}>
          <summary>Output</summary>
          {run.outputCut > 0 && <p class="muted">The first {count(run.outputCut)} characters are gone.</p>}
          <ScrollRegion role="log" label="What the run printed">
            <pre>
              {output.map(({ stream, text }, index) => (
                <span key={index} class={stream}>
                  {text}
                </span>
              ))}
            </pre>
          </ScrollRegion>
        </details>
      )}
    </div>
  )
}

function Site({
  site,
  surroundings,
}: {
  site: SiteProgress
  surroundings: PanelProps<Results>['surroundings']
}): JSX.Element {
  const { total, finished, running, erred, perSecond } = site
  const ready = Math.max(0, total - finished - running - erred)
  return (
    <li>
      <div class="progress-line">
        <span>
          <code>{site.site.method}</code>{' '}
          {site.site.place && <PlaceLink place={site.site.place} surroundings={surroundings} />}
        </span>
        <span class="muted">
          {count(finished)} / {count(total)} · {short(perSecond)}/s
        </span>
      </div>
      <StateBar
        tally={{ total, done: finished, running, erred, ready: 0, waiting: ready }}
        label={site.site.method}
      />
    </li>
  )
}
