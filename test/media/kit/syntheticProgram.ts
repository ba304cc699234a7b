// The programs that the made-up cluster runs: groups with their sizes and what they depend on.

import type { TaskGroup } from '../../../runtime/protocol/taskOptions.ts'

export interface ProgramGroup extends TaskGroup {
  tasks: number
  /** Places of the groups that it depends on. */
  after: readonly number[]
  /** How long its tasks take against the others'; 1 when absent. */
  weight?: number
}

const at = (line: number) => ({ file: '/home/ada/flights/analysis.ts', line, column: 3 })

/** Flights: two inputs, a join, three answers. */
export const PROGRAM: readonly ProgramGroup[] = [
  { name: 'readParquet', kind: 'bag.readParquet', ...at(7), tasks: 40_000, after: [], weight: 1.6 },
  { name: 'parseFlight', kind: 'bag.map', ...at(8), tasks: 40_000, after: [0], weight: 1.2 },
  { name: 'isLate', kind: 'bag.filter', ...at(9), tasks: 40_000, after: [1], weight: 0.5 },
  { name: 'readCsv', kind: 'bag.readText', ...at(12), tasks: 8_000, after: [], weight: 2 },
  { name: 'airportOf', kind: 'bag.map', ...at(13), tasks: 8_000, after: [3], weight: 0.7 },
  { name: 'byAirport', kind: 'bag.joinByKey', ...at(16), tasks: 40_000, after: [2, 4], weight: 1.4 },
  { name: 'delaySum', kind: 'bag.foldby', ...at(19), tasks: 40_000, after: [5], weight: 0.8 },
  { name: 'mergeDelays', kind: 'tree', ...at(19), tasks: 5_714, after: [6], weight: 0.4 },
  { name: 'topCarriers', kind: 'bag.topK', ...at(21), tasks: 1, after: [7] },
  { name: 'histogram', kind: 'bag.frequencies', ...at(24), tasks: 40_000, after: [2], weight: 0.6 },
  { name: 'mergeCounts', kind: 'tree', ...at(24), tasks: 5_714, after: [9], weight: 0.3 },
]

/** A program whose names and places try to be markup. */
export const HOSTILE: readonly ProgramGroup[] = [
  {
    name: '<img src=x onerror="document.title=\'owned\'">',
    kind: '<b>bag</b>',
    file: '/home/ada/<script>.ts',
    line: 1,
    column: 1,
    tasks: 300,
    after: [],
  },
  { name: "\"><script>document.title='owned'</script>", kind: 'bag.map', ...at(2), tasks: 300, after: [0] },
]
