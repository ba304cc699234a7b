// What a collection says of itself before it is computed, as plain data.

import { ChunkedArray } from '../collections/array/chunkedArray.ts'
import { Bag } from '../collections/bag/bag.ts'
import { DataFrame } from '../collections/dataframe/dataframe.ts'
import { buildTogether, type Collection, isCollection } from '../graph/collection.ts'
import { TaskGraph, type TaskRef } from '../graph/taskGraph.ts'
import { typeText } from '../kernels/table/dataType.ts'
import type { Outline, Recipe } from '../protocol/recipe.ts'
import { largestGather } from './gathers.ts'
import { Making, made } from './make.ts'

/** Graphs beyond this are not counted. */
const TASKS_MAX = 200_000

/**
 * @param folder absolute: where relative paths of files begin
 * @returns nothing where the package refuses a step, or one of them cannot be taken without running the program
 */
export function outlineOf(recipe: Recipe, folder: string): Outline | undefined {
  let value: unknown
  try {
    value = made(recipe, folder)
  } catch {
    // Whoever runs the program is told why.
    return undefined
  }
  if (!isCollection(value)) return undefined
  return { ...saidOf(value), ...gathersOf(value), ...tasksOf(value) }
}

/**
 * Outlines without what takes longer than the making: tasks are not counted, and what steps hold is not estimated.
 * @param folder absolute: where relative paths of files begin
 * @returns one for each recipe, as `outlineOf`
 */
export function shapesOf(recipes: readonly Recipe[], folder: string): (Outline | undefined)[] {
  const making = new Making(folder)
  return recipes.map((recipe) => {
    try {
      const value = making.of(recipe)
      return isCollection(value) ? saidOf(value) : undefined
    } catch {
      return undefined
    }
  })
}

function gathersOf(collection: Collection): Pick<Outline, 'gathers'> {
  const gathers = collection instanceof DataFrame ? largestGather(collection) : undefined
  return gathers ? { gathers } : {}
}

function saidOf(collection: Collection): Outline {
  if (collection instanceof DataFrame) {
    const { schema, index, partitions } = collection
    return {
      columns: Object.entries(schema).map(([name, type]) => ({ name, type: typeText(type) })),
      partitions,
      ...(index !== undefined && { index }),
    }
  }
  if (collection instanceof Bag) {
    const { partitions } = collection.node
    return Number.isNaN(partitions) ? {} : { partitions }
  }
  if (collection instanceof ChunkedArray) {
    const { shape, chunks, dtype } = collection as ChunkedArray
    if (shape.some(Number.isNaN)) return {}
    return {
      array: {
        shape: [...shape],
        chunks: chunks.map((lengths) => lengths.reduce((most, each) => Math.max(most, each), 0)),
        dtype,
      },
    }
  }
  return {}
}

function tasksOf(collection: Collection): { tasks?: number } {
  const graph = new CountedGraph()
  try {
    buildTogether(graph, [collection])
    return { tasks: graph.size }
  } catch {
    return {}
  }
}

/** A graph that is given up before it is large. */
class CountedGraph extends TaskGraph {
  override addTask(group: number, args: readonly unknown[], customKey?: string): TaskRef {
    this.#require(1)
    return super.addTask(group, args, customKey)
  }

  override addNumbered(group: number, count: number): number {
    this.#require(count)
    return super.addNumbered(group, count)
  }

  override addReferences(group: number, tasks: readonly number[], head?: number): number {
    this.#require(1)
    return super.addReferences(group, tasks, head)
  }

  #require(more: number): void {
    if (this.size + more > TASKS_MAX) throw new RangeError(`more than ${TASKS_MAX} tasks`)
  }
}
