// What test/ml/cluster.test.ts runs on two workers: searches one after the other, whose rows take the memory of those before.

import { array, ml } from 'heddle'

const [ROWS, COLUMNS, FOLDS] = [20_000, 20, 4]
const model = new ml.Pipeline({
  steps: [
    ['scale', new ml.StandardScaler()],
    ['model', new ml.LogisticRegression()],
  ],
})
const grid = { model__C: [1e-5, 1e-3, 1] }

/** Scores of candidates on folds, by fits of lists, one after the other. */
async function byHand(x: number[][], y: number[]): Promise<number[][]> {
  const folds = new ml.StratifiedKFold({ nSplits: FOLDS }).split(y)
  const rows = <T>(of: readonly T[], places: Int32Array): T[] => Array.from(places, (place) => of[place])
  const scores: number[][] = []
  for (const model__C of grid.model__C) {
    const own: number[] = []
    for (const { train, test } of folds) {
      const fitted = await model.clone().setParams({ model__C }).fit(rows(x, train), rows(y, train))
      own.push(await fitted.score(rows(x, test), rows(y, test)))
    }
    scores.push(own)
  }
  return scores
}

const same: boolean[] = []
for (let seed = 1; seed <= 3; seed++) {
  const x = array.random.normal({ shape: [ROWS, COLUMNS], chunks: [ROWS / 2, COLUMNS], seed })
  const noise = array.random.normal({ shape: [ROWS], chunks: [ROWS / 2], seed: seed + 100 })
  const y = x.slice(':', 0).add(noise).greater(0).astype('float64')
  const search = await new ml.GridSearchCV(model, grid, { cv: FOLDS }).fit(x, y)
  const [rows, labels] = [
    (await x.compute()).toList() as number[][],
    (await y.compute()).toList() as number[],
  ]
  const scores = await byHand(rows, labels)
  same.push(
    search.results.every((result, i) => result.scores.every((score, fold) => score === scores[i][fold])),
  )
}
console.log(JSON.stringify({ same }))
