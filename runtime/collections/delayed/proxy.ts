// What the user holds of a delayed value: a Proxy whose properties, items and methods are delayed too.

import { placeOfCall } from '../../graph/callPlace.ts'
import type { Collection } from '../../graph/collection.ts'
import { remakeHeld } from '../../graph/heldCollection.ts'
import type { UserFunction } from '../../kernels/bag/plan.ts'
import { callMethod, getProperty } from '../../kernels/delayed/delayed.ts'
import { callOf, computeAll, persist } from '../compute.ts'
import { visualize } from '../visualize.ts'
import { CallNode, type CallSpec, type DelayedNode, HeldValueNode, NODE } from './node.ts'
import type { Delayed } from './types.ts'

/** A delayed value was used as if it were there already. */
export class DelayedUseError extends TypeError {
  override name = 'DelayedUseError'
}

/** The delayed value of a node. */
export function delayedOf<T>(node: DelayedNode): Delayed<T> {
  return new Proxy(node, VALUE_HANDLER) as unknown as Delayed<T>
}

/** What is asked of a value before there is one. */
function reserved(node: DelayedNode, name: PropertyKey): unknown {
  switch (name) {
    case NODE:
      return node
    case 'compute':
      return () => computeAll([node], callOf('compute')).then(([value]) => value)
    case 'persist':
      return () => persist(node).then(([held]) => delayedOf(held as DelayedNode))
    case 'visualize':
      return (path?: string) => visualize(node, path)
    // The executor asks for these, and gets them from the node itself.
    case 'collectionKind':
      return node.collectionKind
    case 'buildTasks':
    case 'buildValue':
    case 'assemble':
    case 'announce':
    case 'prepare':
      return (node[name] as UserFunction).bind(node)
    case 'standingOn':
      return (references: readonly unknown[]) => delayedOf(node.standingOn(references))
    // A value with `then` would be awaited at once by any function that returns it.
    case 'then':
      return undefined
    case 'toJSON':
      throw new DelayedUseError(
        `${shown(node)} is not there yet and cannot be written as JSON: await its compute()`,
      )
    case Symbol.toPrimitive:
      return () => {
        throw new DelayedUseError(
          `${shown(node)} is not there yet and cannot be used in a calculation: put that into a delayed function, or await its compute()`,
        )
      }
    case Symbol.iterator:
      throw new DelayedUseError(
        `${shown(node)} is not there yet, so nobody knows how many items it has: give its function nout, or await its compute()`,
      )
    default:
      // Other symbols are asked by the language and by tools (`Symbol.toStringTag`, inspection), never for the value.
      return symbolOf(node, name)
  }
}

function symbolOf(node: DelayedNode, name: PropertyKey): unknown {
  const value: unknown = Reflect.get(node, name)
  return typeof value === 'function' ? value.bind(node) : value
}

const shown = (node: DelayedNode): string => `the delayed value of ${node.label}`

const RESERVED = new Set<PropertyKey>([
  'compute',
  'persist',
  'visualize',
  'collectionKind',
  'buildTasks',
  'buildValue',
  'assemble',
  'announce',
  'prepare',
  'standingOn',
  'then',
  'toJSON',
])

const refuseToChange = (node: DelayedNode, name: PropertyKey): never => {
  throw new DelayedUseError(
    `.${String(name)} of ${shown(node)} cannot be set: put the change into a delayed function`,
  )
}

const VALUE_HANDLER: ProxyHandler<DelayedNode> = {
  get: (node, name) =>
    typeof name === 'symbol' || RESERVED.has(name) ? reserved(node, name) : propertyOf(node, name),
  set: refuseToChange,
  defineProperty: refuseToChange,
  deleteProperty: refuseToChange,
}

/** Specs that all graphs share, so that a loop over properties makes one group of tasks. */
const GET: CallSpec = specOf(getProperty, 'get')
const methods = new Map<string, CallSpec>()

function specOf(fn: UserFunction, name: string): CallSpec {
  return { fn, name, kind: 'delayed', pure: true, options: {}, place: undefined }
}

/** A property of a delayed value: a delayed value itself, that can also be called as a method. */
export function propertyOf(owner: DelayedNode, name: string | number): unknown {
  const key = typeof name === 'string' && /^(0|[1-9]\d{0,9})$/.test(name) ? Number(name) : name
  const node = new CallNode(GET, [delayedOf(owner), key])
  const target: MemberTarget = Object.assign(() => {}, { node, owner, method: String(name) })
  return new Proxy(target, MEMBER_HANDLER)
}

interface MemberTarget {
  (): void
  node: DelayedNode
  owner: DelayedNode
  method: string
}

const MEMBER_HANDLER: ProxyHandler<MemberTarget> = {
  get: (target, name, proxy) => VALUE_HANDLER.get!(target.node, name, proxy),
  apply: ({ owner, method }, _this, args: unknown[]) => {
    let spec = methods.get(method)
    if (!spec) {
      spec = { ...specOf(callMethod, method), place: placeOfCall() }
      methods.set(method, spec)
    }
    return delayedOf(new CallNode(spec, [delayedOf(owner), method, ...args]))
  },
  set: ({ node }, name) => refuseToChange(node, name),
  defineProperty: ({ node }, name) => refuseToChange(node, name),
  deleteProperty: ({ node }, name) => refuseToChange(node, name),
}

remakeHeld('delayed', (_, [reference]) => delayedOf(new HeldValueNode(reference)) as unknown as Collection)
