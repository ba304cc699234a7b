// The GPUs: a card a device with utilisation, memory and temperature, now and over the last minutes.

import type { JSX } from 'preact'
import { bytes } from '../cluster/quantity.ts'
import { ConnectionNotice } from '../frame/ConnectionNotice.tsx'
import { EmptyState, withoutCluster } from '../frame/EmptyState.tsx'
import { LineChart } from '../frame/LineChart.tsx'
import { Meter } from '../frame/Meter.tsx'
import type { PanelProps } from '../frame/mountPanel.tsx'
import { useInView } from '../frame/useInView.ts'
import { ProgressHeader } from '../progress/ProgressHeader.tsx'
import type { Device, Gpus } from './reducer.ts'

/** From here on a device slows itself down. */
const HOT_CELSIUS = 83

/** Drawn at once, before it is known which are in view. */
const FIRST_DRAWN = 8
/** So many are drawn wherever they stand. */
const FEW = 16
/** About what a card takes before it was drawn. */
const CARD_HEIGHT_PX = 290

export function GpuView(props: PanelProps<Gpus>): JSX.Element {
  const { cluster, surroundings, connection } = props
  const empty = withoutCluster(connection, surroundings, cluster.info !== undefined)
  if (empty) return empty
  return (
    <div class="panel scrolls">
      <ConnectionNotice cluster={cluster} connection={connection} surroundings={surroundings} />
      <ProgressHeader cluster={cluster} />
      <Devices {...props} />
    </div>
  )
}

function Devices({ model, cluster }: PanelProps<Gpus>): JSX.Element {
  const devices = [...model.devices.values()].sort(
    (a, b) => a.host.localeCompare(b.host, 'en', { numeric: true }) || a.reading.index - b.reading.index,
  )
  if (devices.length > 0)
    return (
      <div class="cards">
        {devices.map((device, i) => (
          <DeviceCard
            key={`${device.host} ${device.reading.index}`}
            device={device}
            first={i < FIRST_DRAWN}
            few={devices.length <= FEW}
          />
        ))}
      </div>
    )
  if (cluster.workers.byNumber.size === 0)
    return (
      <EmptyState title="No worker has joined">
        GPUs are those of the workers' machines: they appear here once a worker has joined.
      </EmptyState>
    )
  if (model.hosts.size === 0) return <EmptyState title="Waiting for the workers' first report…" />
  return (
    <EmptyState title={`No GPU on ${[...model.hosts].sort().join(', ')}`}>
      Workers ask nvidia-smi for their devices, and found none. If the machine has one, check that nvidia-smi
      runs there and that the job was given a device (on Slurm: --gres=gpu:1).
    </EmptyState>
  )
}

interface CardProps {
  device: Device
  first: boolean
  few: boolean
}

function DeviceCard({ device, first, few }: CardProps): JSX.Element {
  const { ref, inView, heightPx } = useInView<HTMLElement>(first, CARD_HEIGHT_PX, few)
  const { reading, host } = device
  const name = `GPU ${reading.index} of ${host}`
  if (!inView) return <section class="card" ref={ref} aria-label={name} style={{ height: `${heightPx}px` }} />
  const { utilisationPercent, memoryUsedBytes, memoryTotalBytes, temperatureCelsius } = reading
  const hot = temperatureCelsius >= HOT_CELSIUS
  return (
    <section class="card" ref={ref} aria-label={name}>
      <h3>
        <span>
          {host} · GPU {reading.index}
        </span>
        <span class={`temperature ${hot ? 'bad' : 'muted'}`} title="Temperature">
          {Math.round(temperatureCelsius)} °C{hot ? ', hot' : ''}
        </span>
      </h3>
      <p class="muted small">{reading.name}</p>
      <Meter
        label={`Utilisation ${Math.round(utilisationPercent)}%`}
        value={`${Math.round(utilisationPercent)}%`}
        note="busy"
        parts={[['managed', Math.min(1, utilisationPercent / 100)]]}
      />
      <Meter
        label={`Memory ${bytes(memoryUsedBytes)} of ${bytes(memoryTotalBytes)}`}
        value={bytes(memoryUsedBytes)}
        note={`of ${bytes(memoryTotalBytes)}`}
        parts={[['memory', memoryTotalBytes > 0 ? Math.min(1, memoryUsedBytes / memoryTotalBytes) : 0]]}
      />
      <LineChart
        title="Utilisation"
        value=""
        across={{ atMs: device.atMs }}
        lines={[{ label: 'Utilisation', colour: 'managed', values: device.utilisationPercent, filled: true }]}
        format={(n) => `${Math.round(n)}%`}
        height={84}
        least={100}
      />
    </section>
  )
}
