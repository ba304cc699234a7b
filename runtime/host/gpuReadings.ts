// What the GPUs of this machine are doing, as `nvidia-smi` tells it.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { GpuReading } from '../protocol/messages.ts'

const QUERY = [
  '--query-gpu=index,name,utilization.gpu,memory.used,memory.total,temperature.gpu',
  '--format=csv,noheader,nounits',
]
const MIB = 2 ** 20

/**
 * Reads `nvidia-smi`'s lines; a figure that a device does not report (`[N/A]`) becomes 0.
 * @example parseGpuReadings('0, NVIDIA A100, 37, 1024, 40960, 41\n')[0].utilisationPercent // 37
 */
export function parseGpuReadings(output: string): GpuReading[] {
  const readings: GpuReading[] = []
  for (const line of output.split('\n')) {
    const cells = line.split(',').map((cell) => cell.trim())
    if (cells.length < 6 || !/^\d+$/.test(cells[0])) continue
    // A name may hold commas itself: the figures are counted from the end.
    const [utilisation, used, total, temperature] = cells.slice(-4).map(figure)
    readings.push({
      index: Number(cells[0]),
      name: cells.slice(1, -4).join(', '),
      utilisationPercent: utilisation,
      memoryUsedBytes: used * MIB,
      memoryTotalBytes: total * MIB,
      temperatureCelsius: temperature,
    })
  }
  return readings
}

function figure(cell: string): number {
  const value = Number(cell)
  return Number.isFinite(value) ? value : 0
}

/** Asks again at most this often: the program takes a tenth of a second of a core. */
const EVERY_MS = 2000

/** To start a program that is not there costs a large process some milliseconds. */
function isOnPath(program: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const names = process.platform === 'win32' ? [`${program}.exe`] : [program]
  return folders.some((folder) => names.some((name) => existsSync(join(folder, name))))
}

/** Keeps recent readings; on a machine without `nvidia-smi` it never asks. */
export class GpuWatch {
  #readings: GpuReading[] | undefined
  #absent = false
  #asking = false
  #askedAt = Number.NEGATIVE_INFINITY

  /** The latest readings, or nothing where there are none; asks for newer ones in the background. */
  latest(nowMs: number): GpuReading[] | undefined {
    // At its start a worker has better things to do than to start programs.
    if (nowMs < EVERY_MS || this.#absent || this.#asking || nowMs - this.#askedAt < EVERY_MS)
      return this.#readings
    if (this.#askedAt === Number.NEGATIVE_INFINITY && !isOnPath('nvidia-smi')) this.#absent = true
    else this.#ask(nowMs)
    return this.#readings
  }

  #ask(nowMs: number): void {
    this.#asking = true
    this.#askedAt = nowMs
    const child = execFile('nvidia-smi', QUERY, { timeout: 10_000 }, (error, output) => {
      this.#asking = false
      if (error) {
        this.#absent = (error as NodeJS.ErrnoException).code === 'ENOENT'
        this.#readings = undefined
        return
      }
      const readings = parseGpuReadings(output)
      this.#readings = readings.length > 0 ? readings : undefined
    })
    child.unref()
  }
}
