// What test/ml/cluster.test.ts runs on two workers: models that are the same there and here, to the last bit or to rounding.

import { array, ml } from 'heddle'

const x = array.random.normal({ shape: [9000, 6], chunks: [2000, 6], seed: 5 })
const score = x.slice(':', 0).multiply(2).subtract(x.slice(':', 1))
const labels = score.greater(0).astype('float64')
const [xHere, scoreHere, labelsHere] = [await x.compute(), await score.compute(), await labels.compute()]
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
const near = (a: readonly Float64Array[], b: readonly Float64Array[]): boolean =>
  a.every((own, i) => own.every((value, j) => Math.abs(value - b[i][j]) < 1e-8))

const forest = { nEstimators: 3, maxDepth: 6 }
// A query's rows stand in two blocks, or in none of their own.
const query = array.arange(9000).floorDivide(70)
const rank = { maxIter: 2 }
const holdsOut = { ...rank, earlyStopping: true, validationFraction: 0.3 }
const relevance = score.add(4).clip(0, 4).floor()
const uneven = score.greater(0).astype('float64').add(score.greater(3).astype('float64'))
const unevenHere = await uneven.compute()
const balanced = { classWeight: 'balanced' as const }
const balancedSteps = { ...balanced, shuffle: false, maxIter: 3 }
const balancedDraws = { ...forest, classWeight: 'balancedSubsample' as const }
const clusters = { nClusters: 4, maxIter: 5 }
const step = new ml.SGDClassifier({ loss: 'logLoss', shuffle: false })
const search = new ml.HyperbandSearchCV(step, { alpha: [1e-5, 1e-4] }, { maxIter: 3 })
const voting = new ml.BlockwiseVotingClassifier({ estimator: new ml.GaussianNB() })
const near5 = await new ml.KNeighborsClassifier().fit(xHere, labelsHere)

const heard: (number | undefined)[] = []
const hears = { onIteration: (_: number, score: number | undefined) => void heard.push(score) }
console.log(
  JSON.stringify({
    forest: same(
      await new ml.RandomForestClassifier(forest).fit(x, labels),
      await new ml.RandomForestClassifier(forest).fit(xHere, labelsHere),
    ),
    classWeights: [
      same(
        await new ml.RandomForestClassifier(balancedDraws).fit(x, uneven),
        await new ml.RandomForestClassifier(balancedDraws).fit(xHere, unevenHere),
      ),
      same(
        await new ml.GradientBoostingClassifier({ ...balanced, maxIter: 2 }).fit(x, uneven),
        await new ml.GradientBoostingClassifier({ ...balanced, maxIter: 2 }).fit(xHere, unevenHere),
      ),
      same(
        await new ml.SGDClassifier(balancedSteps).fit(x, uneven),
        await new ml.SGDClassifier(balancedSteps).fit(xHere, unevenHere),
      ),
      near(
        (await new ml.LinearSVC(balanced).fit(x, uneven)).coef,
        (await new ml.LinearSVC(balanced).fit(xHere, unevenHere)).coef,
      ),
    ],
    forestOfNumbers: same(
      await new ml.RandomForestRegressor(forest).fit(x, score),
      await new ml.RandomForestRegressor(forest).fit(xHere, scoreHere),
    ),
    ranker: same(
      await new ml.GradientBoostingRanker(rank).fit(x, relevance, { query }),
      await new ml.GradientBoostingRanker(rank).fit(xHere, await relevance.compute(), {
        query: await query.compute(),
      }),
    ),
    rankerThatHoldsOut: same(
      await new ml.GradientBoostingRanker(holdsOut).fit(x, relevance, { query }),
      await new ml.GradientBoostingRanker(holdsOut).fit(xHere, await relevance.compute(), {
        query: await query.compute(),
      }),
    ),
    batches: same(
      (await new ml.MiniBatchKMeans(clusters).fit(x)).clusterCenters,
      (await new ml.MiniBatchKMeans(clusters).fit(xHere)).clusterCenters,
    ),
    clusters: near(
      (await new ml.KMeans(clusters).fit(x)).clusterCenters,
      (await new ml.KMeans(clusters).fit(xHere)).clusterCenters,
    ),
    components: near(
      (await new ml.PCA({ nComponents: 2 }).fit(x)).components,
      (await new ml.PCA({ nComponents: 2 }).fit(xHere)).components,
    ),
    bayes: near(
      (await new ml.GaussianNB().fit(x, labels)).means,
      (await new ml.GaussianNB().fit(xHere, labelsHere)).means,
    ),
    incremental: same(
      ((await new ml.Incremental({ estimator: step }).fit(x, labels, hears)).estimator as typeof step).coef,
      (await step.clone().partialFit(xHere, labelsHere)).coef,
    ),
    scored: heard.length === 5 && heard[0] === undefined && heard.slice(1).every((score) => score! > 0.8),
    voters: (await voting.fit(x, labels)).estimators.length,
    votes: (await voting.score(x, labels)) > 0.9,
    search: (await search.fit(x, labels)).bestScore > 0.9,
    neighbours: (await near5.score(x.slice('0:500'), labels.slice('0:500'))) > 0.8,
    agreed: (await new ml.LogisticRegression({ solver: 'admm', C: 0.01, tol: 1e-3 }).fit(x, labels))
      .converged,
  }),
)
