// The dashboard: a bar with the cluster's name and the way to each panel, and the panel that was chosen below it.

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { duration } from '../cluster/quantity.ts'
import { Weave } from '../frame/EmptyState.tsx'
import type { PanelProps } from '../frame/mountPanel.tsx'
import { gpuPanel } from '../gpu/panel.ts'
import { jobsPanel } from '../jobs/panel.ts'
import { isPanelName, PANEL_TITLES, PANELS, type PanelName } from '../panels.ts'
import { resultsPanel } from '../results/panel.ts'
import { taskGraphPanel } from '../taskGraph/panel.ts'
import { taskStreamPanel } from '../taskStream/panel.ts'
import { workersPanel } from '../workers/panel.ts'
import { OverviewView } from './OverviewView.tsx'
import type { Dashboard } from './panel.ts'

/** The panel that the address names after its `#`; a link to one can be kept and shared. */
function panelOfAddress(): PanelName {
  const name = location.hash.slice(1)
  return isPanelName(name) ? name : 'dashboard'
}

export function DashboardView(props: PanelProps<Dashboard>): JSX.Element {
  const [shown, setShown] = useState(panelOfAddress)
  useEffect(() => {
    const turn = (): void => setShown(panelOfAddress())
    addEventListener('hashchange', turn)
    return () => removeEventListener('hashchange', turn)
  }, [])
  useEffect(() => {
    document.title = `${PANEL_TITLES[shown]} · Heddle`
  }, [shown])
  // A webview takes clicks on links to places of its own page for itself, so there they are followed here.
  const follow = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null
    const name = link?.getAttribute('href')?.slice(1) ?? ''
    if (props.surroundings.place === 'page' || !isPanelName(name)) return
    event.preventDefault()
    setShown(name)
  }
  useEffect(() => {
    document.addEventListener('click', follow, { capture: true })
    return () => document.removeEventListener('click', follow, { capture: true })
  }, [])
  return (
    <div class="dashboard">
      <TopBar {...props} shown={shown} />
      <main key={shown}>
        <Shown {...props} shown={shown} />
      </main>
    </div>
  )
}

function TopBar({ cluster, connection, shown }: PanelProps<Dashboard> & { shown: PanelName }): JSX.Element {
  const { info } = cluster
  const state =
    cluster.closed !== undefined
      ? ['closed', 'closed']
      : connection.kind === 'live'
        ? ['live', 'live']
        : connection.kind === 'connecting'
          ? ['waiting', 'connecting']
          : ['broken', 'no connection']
  return (
    <header class="top-bar">
      <a class="brand" href="#dashboard" aria-label="Heddle, overview">
        <Weave size={22} />
        <span>Heddle</span>
      </a>
      <nav aria-label="Panels">
        {PANELS.map((panel) => (
          <a key={panel} href={`#${panel}`} aria-current={panel === shown ? 'page' : undefined}>
            {PANEL_TITLES[panel]}
          </a>
        ))}
      </nav>
      <span class="spring" />
      {info && (
        <span class="muted cluster-name" title={`Cluster ${info.id}, heddle ${info.version}`}>
          {info.id}
          <span class="cluster-age">
            {' '}
            · v{info.version}
            {cluster.nowMs > info.startedMs ? ` · up ${duration(cluster.nowMs - info.startedMs)}` : ''}
          </span>
        </span>
      )}
      <span class={`connection ${state[0]}`} role="status">
        {state[1]}
      </span>
    </header>
  )
}

function Shown({ shown, model, ...rest }: PanelProps<Dashboard> & { shown: PanelName }): JSX.Element {
  switch (shown) {
    case 'dashboard':
      return <OverviewView model={model} {...rest} />
    case 'taskGraph':
      return <taskGraphPanel.View model={model.taskGraph} {...rest} />
    case 'taskStream':
      return <taskStreamPanel.View model={model.taskStream} {...rest} />
    case 'workers':
      return <workersPanel.View model={model.workers} {...rest} />
    case 'jobs':
      return <jobsPanel.View model={model.jobs} {...rest} />
    case 'gpu':
      return <gpuPanel.View model={model.gpu} {...rest} />
    case 'results':
      return <resultsPanel.View model={model.results} {...rest} />
  }
}
