// The tasks of models: steps that follow one another on one block, and states of blocks that are merged.

import { keepsNothing, keptNothing, kernel, kernelNames } from '../kernel.ts'

/**
 * A function of one block, with what it needs to know. `run` is a kernel: it travels by its name.
 * `others` says how many further blocks, of other lists, it gets behind the block.
 */
export interface Step {
  run: (state: never, block: never, ...others: never[]) => unknown
  state: unknown
  others: number
}

/** Takes a block through steps. */
export function stepped(steps: readonly Step[], ...values: unknown[]): unknown {
  let [value] = values
  let at = 1
  for (const { run, state, others } of steps) {
    value = run(state as never, value as never, ...(values.slice(at, at + others) as never[]))
    at += others
  }
  return value
}

/** What a task gives by kernels that keep nothing has kept nothing either: its thread lets go of its memory at once. */
function givenBy<T>(result: T, ...kernels: readonly Step['run'][]): T {
  if (kernels.every(kernelNames.keepsNothing)) keptNothing()
  return result
}

/** One task a block: all of its steps. */
export const runSteps = kernel('ml.steps', (steps: readonly Step[], ...values: unknown[]): unknown =>
  givenBy(stepped(steps, ...values), ...steps.map(({ run }) => run)),
)

/** Merges states one into the other, in order. */
export const mergeStates = kernel(
  'ml.merge',
  (merge: (a: unknown, b: unknown) => unknown, ...states: unknown[]): unknown =>
    givenBy(
      states.reduce((a, b) => merge(a, b)),
      merge,
    ),
)

/** Takes a state on by one block. */
export const foldBlock = kernel(
  'ml.fold',
  (run: (state: unknown, block: unknown) => unknown, state: unknown, block: unknown): unknown =>
    givenBy(run(state, block), run),
)

/** A block that the client has. */
export const givenBlock = keepsNothing(kernel('ml.given', (block: unknown): unknown => block))

/** Takes what is known of a block on by another block. */
export const besideBlock = kernel(
  'ml.beside',
  (
    run: (state: unknown, known: unknown, block: unknown, other: unknown) => unknown,
    state: unknown,
    known: unknown,
    block: unknown,
    other: unknown,
  ): unknown => run(state, known, block, other),
)

/** Sums neighbouring blocks. */
export const sumBlocks = kernel(
  'ml.sum',
  (sum: (blocks: readonly unknown[]) => unknown, ...blocks: unknown[]): unknown => givenBy(sum(blocks), sum),
)

/** Makes one block of many. */
export const runTogether = kernel(
  'ml.together',
  (
    run: (state: unknown, before: unknown, blocks: readonly unknown[]) => unknown,
    state: unknown,
    before: unknown,
    ...blocks: unknown[]
  ): unknown => givenBy(run(state, before, blocks), run),
)
