// Brings a panel to life: opens its feed, takes messages in, and draws at most once a frame.

import { type FunctionComponent, render } from 'preact'
import type { FeedMessage } from '../../runtime/protocol/feed.ts'
import { applyToCluster, type Cluster, noCluster } from '../cluster/cluster.ts'
import { openFeed } from '../feed/openFeed.ts'
import type { Connection, Surroundings } from '../feed/surroundings.ts'
import type { PanelName } from '../panels.ts'

export interface PanelProps<Model> {
  model: Model
  cluster: Cluster
  surroundings: Surroundings
  connection: Connection
  /** Raised with every change, since models are changed in place. */
  version: number
}

/** A panel: a reducer and a view. */
export interface Panel<Model> {
  name: PanelName
  empty(): Model
  /** Takes one message in, after the cluster did; says whether it changed anything. */
  apply(model: Model, message: FeedMessage, cluster: Cluster): boolean
  View: FunctionComponent<PanelProps<Model>>
}

/** Shows `panel` in the page's `#root`. */
export function mountPanel<Model>(panel: Panel<Model>): void {
  const root = document.getElementById('root')!
  const surroundings = openFeed(panel.name)
  const model = panel.empty()
  const cluster = noCluster()
  let connection: Connection = { kind: 'connecting' }
  let version = 0
  let scheduled = false
  const { View } = panel
  const draw = (): void => {
    scheduled = false
    render(<View {...{ model, cluster, surroundings, connection, version }} />, root)
  }
  const changed = (): void => {
    version++
    if (scheduled) return
    scheduled = true
    requestAnimationFrame(draw)
  }
  document.body.classList.add(`in-${surroundings.place}`)
  surroundings.watchConnection((next) => {
    connection = next
    changed()
  })
  surroundings.listen((message) => {
    const known = applyToCluster(cluster, message)
    if (panel.apply(model, message, cluster) || known) changed()
  })
}
