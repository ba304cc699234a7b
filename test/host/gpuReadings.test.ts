// Recorded outputs of nvidia-smi, read.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseGpuReadings } from '../../runtime/host/gpuReadings.ts'

test('two devices of a compute node', () => {
  const output = '0, NVIDIA A100-SXM4-40GB, 37, 1024, 40960, 41\n1, NVIDIA A100-SXM4-40GB, 0, 4, 40960, 29\n'
  assert.deepEqual(parseGpuReadings(output), [
    {
      index: 0,
      name: 'NVIDIA A100-SXM4-40GB',
      utilisationPercent: 37,
      memoryUsedBytes: 1024 * 2 ** 20,
      memoryTotalBytes: 40960 * 2 ** 20,
      temperatureCelsius: 41,
    },
    {
      index: 1,
      name: 'NVIDIA A100-SXM4-40GB',
      utilisationPercent: 0,
      memoryUsedBytes: 4 * 2 ** 20,
      memoryTotalBytes: 40960 * 2 ** 20,
      temperatureCelsius: 29,
    },
  ])
})

test('a device that reports no utilisation (MIG), and one with a comma in its name', () => {
  const output = '0, NVIDIA A100 MIG 1g.5gb, [N/A], [N/A], 4864, 33\n1, Quadro, special, 5, 1, 2, 3\n'
  const [first, second] = parseGpuReadings(output)
  assert.deepEqual([first.utilisationPercent, first.memoryUsedBytes], [0, 0])
  assert.deepEqual(
    [second.name, second.utilisationPercent, second.temperatureCelsius],
    ['Quadro, special', 5, 3],
  )
})

test('a machine whose driver does not answer has no devices', () => {
  const said = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"
  assert.deepEqual(parseGpuReadings(said), [])
  assert.deepEqual(parseGpuReadings(''), [])
})
