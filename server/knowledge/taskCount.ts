// How many tasks a collection takes, counted from its steps as they are lowered: what follows one another is one task a partition
// or block, and a reduction adds its tree.

import { ELEMENTWISE, type Extent } from './arrayExtent.ts'
import type { Origin } from './origin.ts'

/** Where bags begin with as many tasks as partitions. */
const SOURCES =
  /^(range|fromSequence|readText|readFiles|readJsonLines|readCsvRows|readParquet|readAvro|fromUrls)$/
/** Steps of bags that become part of the task before them. */
const FUSED = /^(map|starmap|filter|remove|flatMap|flatten|pluck|mapPartitions|randomSample|with)$/
/** Steps of bags that end in one value by a tree. */
const REDUCED = /^(fold|reduce|sum|count|mean|var|std|min|max|any|all|frequencies|topK|distinct|foldby)$/
/** So many states are merged by one task: `SPLIT_EVERY` of bags. */
const MERGED = 8
/**
 * @param extent of an array, where it is known
 * @returns nothing where a step is not one of these, takes more than functions and numbers, or nobody says how many partitions there are
 */
export function taskCount(origin: Origin, extent: Extent | undefined): number | undefined {
  const { steps, partitions } = origin
  const [source, ...others] = steps
  if (others.some(({ isPlain }) => !isPlain)) return undefined
  if (origin.array) return others.every(({ name }) => ELEMENTWISE.test(name)) ? blocksOf(extent) : undefined
  if (partitions === undefined || !source || !SOURCES.test(source.name)) return undefined
  const end = others.findIndex(({ name }) => !FUSED.test(name))
  if (end < 0) return partitions
  return end === others.length - 1 && REDUCED.test(others[end].name)
    ? partitions + mergesOf(partitions)
    : undefined
}

/** Tasks of a tree over so many states, the one that ends it among them. */
export function mergesOf(states: number): number {
  let merges = 1
  for (let level = states; level > MERGED; level = Math.ceil(level / MERGED)) {
    // One that is left over goes on as it is.
    merges += Math.ceil(level / MERGED) - (level % MERGED === 1 ? 1 : 0)
  }
  return merges
}

function blocksOf(extent: Extent | undefined): number | undefined {
  if (!extent?.chunks || extent.chunks.length !== extent.shape.length) return undefined
  return extent.shape.reduce(
    (blocks, length, axis) => blocks * Math.ceil(length / (extent.chunks as number[])[axis]),
    1,
  )
}
