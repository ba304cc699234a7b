// Reductions of groups by functions of the user's: what a partition makes of its groups, and what becomes of states of one key.

import { kernel } from '../kernel.ts'
import { keyText } from './columns/groupRows.ts'
import { UserTableError } from './userStep.ts'

type Row = Readonly<Record<string, unknown>>
/** A group's key, as values in the order of the columns, and its state. */
type KeyedState = [key: readonly unknown[], state: unknown]
type Call = (...args: unknown[]) => unknown

const keyRecord = (names: readonly string[], key: readonly unknown[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name, i) => [name, key[i]]))

/** A date as the text of its time: equal dates are different objects. */
const textOf = (key: readonly unknown[]): string =>
  keyText(key.map((part) => (part instanceof Date ? `d${part.getTime()}` : part)) as never)

/** The state of each group of a partition, in the order in which groups first come. */
export const groupStates = kernel(
  'table.groupStates',
  async (rows: readonly Row[], names: readonly string[], chunk: Call): Promise<KeyedState[]> => {
    const groups = new Map<string, { key: readonly unknown[]; rows: Row[] }>()
    for (const row of rows) {
      const key = names.map((name) => row[name])
      const text = textOf(key)
      const group = groups.get(text)
      if (group) group.rows.push(row)
      else groups.set(text, { key, rows: [row] })
    }
    const states: KeyedState[] = []
    for (const { key, rows: own } of groups.values())
      states.push([key, await chunk(own, keyRecord(names, key))])
    return states
  },
)

/** What states find each other by. */
export const keyOfState = kernel('table.keyOfState', ([key]: KeyedState): readonly unknown[] => key)

/** The record of each key, from all of its states. */
export const finishedGroups = kernel(
  'table.finishedGroups',
  async (
    groups: readonly [key: readonly unknown[], states: readonly KeyedState[]][],
    names: readonly string[],
    combine: Call,
    finalize: Call | null,
  ): Promise<Row[]> => {
    const records: Row[] = []
    for (const [key, keyed] of groups) {
      const states = keyed.map(([, state]) => state)
      const own = keyRecord(names, key)
      const state = states.length === 1 ? states[0] : await combine(states, own)
      const answer = finalize ? await finalize(state, own) : state
      if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
        throw new UserTableError(
          `reduction takes a finalize that gives a record for each group, not ${answer === null ? 'null' : `a value of type ${typeof answer}`}`,
        )
      records.push({ ...own, ...answer })
    }
    return records
  },
)
