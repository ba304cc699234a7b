// The cluster over the last five minutes: tasks and bytes a second, CPU and memory of all workers.

import type { JSX } from 'preact'
import type { Cluster } from '../cluster/cluster.ts'
import { bytes, plural, short } from '../cluster/quantity.ts'
import { latest } from '../cluster/rates.ts'
import { totalsOf } from '../cluster/workers.ts'
import { LineChart } from '../frame/LineChart.tsx'

/** 100% of CPU is one core kept busy. */
const cores = (percent: number): string => short(Math.round(percent / 10) / 10)

export function RateCharts({ cluster }: { cluster: Cluster }): JSX.Element {
  const { rates, workers } = cluster
  const { memoryLimitBytes, threads, cpuPercent, rssBytes } = totalsOf(workers)
  const perSecond = (n: number): string => `${bytes(n)}/s`
  return (
    <div class="charts">
      <LineChart
        title="Tasks"
        value={`${short(latest(rates.tasksPerSecond))}/s`}
        across={{ atMs: rates.atMs }}
        lines={[{ label: 'Tasks/s', colour: 'state-stored', values: rates.tasksPerSecond, filled: true }]}
        format={short}
        least={10}
      />
      <LineChart
        title="Transfers"
        value={perSecond(latest(rates.bytesPerSecond))}
        across={{ atMs: rates.atMs }}
        lines={[{ label: 'Bytes/s', colour: 'transfer', values: rates.bytesPerSecond, filled: true }]}
        format={perSecond}
        least={1000}
      />
      <LineChart
        title="CPU of workers"
        value={`${cores(cpuPercent)} of ${plural(threads, 'core')}`}
        across={{ atMs: rates.atMs }}
        lines={[{ label: 'CPU', colour: 'state-running', values: rates.cpuPercent, filled: true }]}
        format={cores}
        least={100}
      />
      <LineChart
        title="Memory of workers"
        value={`${bytes(rssBytes)} of ${bytes(memoryLimitBytes)}`}
        across={{ atMs: rates.atMs }}
        lines={[
          { label: 'all', colour: 'unmanaged', values: rates.rssBytes, filled: true },
          { label: 'managed', colour: 'managed', values: rates.managedBytes, filled: true },
        ]}
        format={bytes}
        least={1_000_000}
      />
    </div>
  )
}
