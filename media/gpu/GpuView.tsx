// The GPUs: a card a device with utilisation, memory and temperature, now and over the last minutes.

import type { JSX } from 'preact'
import { bytes } from '../cluster/quantity.ts'
import { ConnectionNotice } from '../frame/ConnectionNotice.tsx'
import { EmptyState, withoutCluster } from '../frame/EmptyState.tsx'
import { LineChart } from '../frame/LineChart.tsx'
import { Meter } from '../frame/Meter.tsx'
import type { PanelProps } from '../frame/mountPanel.tsx'
import { ProgressHeader } from '../progress/ProgressHeader.tsx'
import type { Device, Gpus } from './reducer.ts'

/** From here on a device slows itself down. */
const HOT_CELSIUS = 83

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
        {devices.map((device) => (
          <DeviceCard key={`${device.host} ${device.reading.index}`} device={device} />
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

function DeviceCard({ device }: { device: Device }): JSX.Element {
  const { reading, host } = device
  const { utilisationPercent, memoryUsedBytes, memoryTotalBytes, temperatureCelsius } = reading
  const hot = temperatureCelsius >= HOT_CELSIUS
  return (
    <section class="card" aria-label={`GPU ${reading.index} of ${host}`}>
      <h3>
        <span>
          {host} · GPU {reading.index}
        </span>
        <span class={hot ? 'bad' : 'muted'} title="Temperature">
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
