// What a parameter may be, whichever estimator has it: numbers are numbers, and those of one name are of one range.

/** The least value, and whether only whole numbers are meant. */
type Range = readonly [least: number, whole: boolean]

const RANGES: Readonly<Record<string, Range>> = {
  degree: [0, true],
  epsilon: [0, false],
  initMaxIter: [0, true],
  initSize: [0, true],
  l2Regularization: [0, false],
  maxIter: [0, true],
  maxNoImprovement: [1, true],
  minChildWeight: [0, false],
  minSamplesLeaf: [1, true],
  minSplitGain: [0, false],
  nIter: [0, true],
  nIterNoChange: [1, true],
  nOversamples: [0, true],
  nQuantiles: [1, true],
  oversamplingFactor: [0, false],
  reassignmentRatio: [0, false],
  seed: [Number.NEGATIVE_INFINITY, true],
  tol: [0, false],
}

/** What stands in data may be of any kind. */
const OF_DATA = new Set(['fillValue', 'unknownValue'])

/**
 * What is wrong with a value, as `… of KMeans is a whole number ≥ 1`; nothing of what each class has to judge itself.
 * @param standard the value where none is given: a switch stays a switch, a number a number
 * @returns e.g. for `tol` of -1, beside 1e-4: `a number ≥ 0`
 */
export function wrongWith(name: string, value: unknown, standard: unknown): string | undefined {
  if (typeof standard === 'boolean') return typeof value === 'boolean' ? undefined : 'true or false'
  if (typeof standard !== 'number' || OF_DATA.has(name)) return undefined
  const [least, whole] = RANGES[name] ?? [Number.NEGATIVE_INFINITY, false]
  const isIt = typeof value === 'number' && value >= least && (!whole || Number.isInteger(value))
  const bound = least === Number.NEGATIVE_INFINITY ? '' : ` ≥ ${least}`
  return isIt ? undefined : `a ${whole ? 'whole ' : ''}number${bound}`
}
