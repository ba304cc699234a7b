// A state that goes through all blocks, and what it says of itself after each, while it goes on.

import { type Blocks, persistBlocks, type StepKernel } from './blocks.ts'

/**
 * As `fold` of blocks, and tells what is known after each block as soon as it is: all of it is one graph.
 * @param say a kernel that makes something small of a state; it travels
 * @param heard is told in the order of blocks
 */
export async function foldTold<T, S, R>(
  blocks: Blocks<T>,
  run: (state: S, block: T) => Promise<S>,
  start: S,
  say: StepKernel<undefined, S, R>,
  heard: (block: number, said: R) => void,
): Promise<S> {
  if (blocks.isHere) {
    let state = start
    for (const [i, block] of blocks.values.entries()) {
      state = await run(state, block)
      heard(i, say(undefined, state))
    }
    return state
  }
  const states = blocks.states(run, start)
  const [held, said] = await persistBlocks(states.at(-1), states.map(say, undefined))
  for (let i = 0; i < blocks.count; i++) {
    const [own] = await said.at(i).gather()
    heard(i, own)
  }
  const [state] = await held.gather()
  held.release()
  said.release()
  return state
}
