// The GPU panel's model: each device's latest reading and its last five minutes.

import type { FeedMessage } from '../../runtime/protocol/feed.ts'
import type { GpuReading } from '../../runtime/protocol/messages.ts'
import type { Cluster } from '../cluster/cluster.ts'

export interface Device {
  /** The host and the index make a device: workers of one host see the same ones. */
  host: string
  reading: GpuReading
  /** Parallel lists, oldest first, at most `POINTS` long. */
  atMs: number[]
  utilisationPercent: number[]
  memoryUsedBytes: number[]
}

/** Changed in place. */
export interface Gpus {
  devices: Map<string, Device>
  /** Hosts whose workers have reported, with or without devices. */
  hosts: Set<string>
  clusterId: string
}

const POINTS = 300
const SPACING_MS = 950

export const noGpus = (): Gpus => ({ devices: new Map(), hosts: new Set(), clusterId: '' })

/** Takes one message in, after the cluster did; says whether it changed anything. */
export function applyToGpus(gpus: Gpus, message: FeedMessage, cluster: Cluster): boolean {
  if (message.type === 'snapshot') {
    if (gpus.clusterId === message.cluster.id) return false
    gpus.clusterId = message.cluster.id
    gpus.devices.clear()
    gpus.hosts.clear()
    return true
  }
  if (message.type !== 'workers') return false
  let changed = false
  for (const worker of message.worker) {
    const host = cluster.workers.byNumber.get(worker)?.info.host
    if (host === undefined || gpus.hosts.has(host)) continue
    gpus.hosts.add(host)
    changed = true
  }
  for (const { worker, readings } of message.gpus ?? []) {
    const host = cluster.workers.byNumber.get(worker)?.info.host
    if (host === undefined) continue
    for (const reading of readings) takeReading(gpus, host, reading, cluster.nowMs)
    changed ||= readings.length > 0
  }
  return forgetHosts(gpus, message.left.length > 0, cluster) || changed
}

function takeReading(gpus: Gpus, host: string, reading: GpuReading, nowMs: number): void {
  const name = `${host} ${reading.index}`
  let device = gpus.devices.get(name)
  if (!device) {
    device = { host, reading, atMs: [], utilisationPercent: [], memoryUsedBytes: [] }
    gpus.devices.set(name, device)
  }
  device.reading = reading
  const last = device.atMs.at(-1)
  if (last !== undefined && nowMs - last < SPACING_MS) return
  device.atMs.push(nowMs)
  device.utilisationPercent.push(reading.utilisationPercent)
  device.memoryUsedBytes.push(reading.memoryUsedBytes)
  if (device.atMs.length <= POINTS) return
  device.atMs.shift()
  device.utilisationPercent.shift()
  device.memoryUsedBytes.shift()
}

/** Devices of hosts whose last worker left are no longer the cluster's. */
function forgetHosts(gpus: Gpus, someLeft: boolean, cluster: Cluster): boolean {
  if (!someLeft) return false
  const present = new Set([...cluster.workers.byNumber.values()].map(({ info }) => info.host))
  for (const host of gpus.hosts) if (!present.has(host)) gpus.hosts.delete(host)
  for (const [name, { host }] of gpus.devices) if (!present.has(host)) gpus.devices.delete(name)
  return true
}
