// Rules of datasets: what is published is wanted in their place.

import { PUBLISHED } from './datasets.ts'
import { nameOf, type Rule, rowsOf } from './rule.ts'

export const DATASET_RULES: Record<string, Rule> = {
  'what is published is wanted for its dataset, and nothing else is': (state, broken) => {
    const { tasks, wants, datasets } = state
    const numbers = new Map<number, number>()
    for (const [name, dataset] of datasets) {
      if (name !== dataset.name) broken(`${dataset.name} is found as ${name}`)
      numbers.set(dataset.number, dataset.entries.length)
      for (const entry of dataset.entries)
        if (wants.client[entry] !== PUBLISHED || wants.handle[entry] !== dataset.number)
          broken(`an entry of ${name} is another's want`)
    }
    for (const row of rowsOf(state))
      for (let entry = tasks.wants[row]; entry >= 0; entry = wants.next[entry]) {
        if (wants.client[entry] !== PUBLISHED) continue
        const left = numbers.get(wants.handle[entry])
        if (left === undefined) broken(`${nameOf(state, row)} is wanted for a dataset that is gone`)
        else numbers.set(wants.handle[entry], left - 1)
      }
    for (const [number, left] of numbers) if (left !== 0) broken(`dataset ${number} lacks ${left} wants`)
  },
}
