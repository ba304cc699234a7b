// What ran in the time shown, by group: the colours' names, and the same facts as a table for who cannot see the canvas.

import type { JSX } from 'preact'
import type { Cluster } from '../cluster/cluster.ts'
import { count, duration } from '../cluster/quantity.ts'
import type { Palette } from '../frame/palette.ts'
import type { sharesOf } from './picture.ts'

interface StreamLegendProps {
  shares: ReturnType<typeof sharesOf>
  cluster: Cluster
  palette: Palette
  colourOf(group: number): number
  onlyGroup: number | undefined
  onOnly(group: number | undefined): void
}

const SHOWN_MAX = 14

export function StreamLegend(props: StreamLegendProps): JSX.Element {
  const { shares, cluster, palette, colourOf, onlyGroup, onOnly } = props
  const hidden = shares.groups.length - SHOWN_MAX
  return (
    <ul class="stream-legend" aria-label="Groups in the time shown; press one to see it alone">
      {shares.groups.slice(0, SHOWN_MAX).map(({ group, runs, totalMs }) => {
        const place = cluster.groups.placeOf.get(group)
        const name = place === undefined ? `group ${group}` : cluster.groups.list[place].name
        return (
          <li key={group}>
            <button
              type="button"
              class="legend-button"
              aria-pressed={onlyGroup === group}
              title={`${name}: ${count(runs)} runs shown, ${duration(totalMs)} in all. Press to see it alone.`}
              onClick={() => onOnly(onlyGroup === group ? undefined : group)}
            >
              <span class="swatch" style={{ background: palette.groups[colourOf(group)] }} />
              <span class="legend-name" title={name}>
                {name}
              </span>
              <span class="muted">{duration(totalMs)}</span>
            </button>
          </li>
        )
      })}
      {hidden > 0 && <li class="muted legend-rest">and {hidden} more</li>}
      {shares.erred > 0 && (
        <li class="legend-rest">
          <span class="swatch state-erred" /> erred <span class="muted">{count(shares.erred)}</span>
        </li>
      )}
      {shares.transfers.runs > 0 && (
        <li class="legend-rest">
          <span class="swatch transfer" /> transfers{' '}
          <span class="muted">{duration(shares.transfers.totalMs)}</span>
        </li>
      )}
    </ul>
  )
}
