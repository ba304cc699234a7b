// The private members of an instance: which classes of its chain have some, and how they are read.

import { type AnyFunction, liftHook, type PrivateAccess } from './liftHook.ts'
import type { ValueEncoder } from './valueEncoder.ts'

/** The classes of the chain that have private members, each with how it gives and takes them. */
export function privateLevels(encoder: ValueEncoder, Class: AnyFunction, depth: number): PrivateAccess[] {
  let chain = privateChains.get(Class)
  if (!chain) {
    chain = privateChain(Class)
    privateChains.set(Class, chain)
  }
  if (chain.hidden.length > 0)
    encoder.refuse(
      depth,
      `an instance of \`${Class.name}\`, which has private fields (${chain.hidden.join(', ')})`,
      'Give the class `[toWorker]() { return state }` and `static [fromWorker](state)`, or use TypeScript `private`.',
    )
  return chain.levels
}

interface PrivateChain {
  levels: PrivateAccess[]
  /** Private names of classes that were not compiled by the loader. */
  hidden: string[]
}

const privateChains = new WeakMap<AnyFunction, PrivateChain>()

function privateChain(Class: AnyFunction): PrivateChain {
  const chain: PrivateChain = { levels: [], hidden: [] }
  for (let at: unknown = Class; typeof at === 'function' && at !== Function.prototype; ) {
    const access = liftHook.privateAccessOf(at)
    if (access) chain.levels.push(access)
    else if (liftHook.capturesOf(at)) chain.hidden.push(...privateNames(at))
    at = Object.getPrototypeOf(at)
  }
  return chain
}

function privateNames(Class: AnyFunction): string[] {
  const found = Function.prototype.toString
    .call(Class)
    .matchAll(/^\s*(#[\p{ID_Start}$_][\p{ID_Continue}$]*)\s*[=;(]/gmu)
  return [...new Set([...found].map((match) => match[1]))]
}
