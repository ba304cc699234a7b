// Which flights leave late? Trees and a line learn it from real ones, 60,000 of three million. Run it with
// `npm start -- examples/flights-late.ts`.

import { fileURLToPath } from 'node:url'
import { col, dataframe, ml } from 'heddle'

const FLIGHTS = fileURLToPath(
  new URL('../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
)
const flights = dataframe
  .readParquet(process.argv[2] ?? FLIGHTS)
  .sample(0.02, { seed: 1 })
  .select(
    col('date').dt.hour().as('hour'),
    col('date').dt.weekday().as('weekday'),
    col('date').dt.day().as('day'),
    'distance',
    'origin',
    'destination',
    col('delay').gt(15).as('late'),
  )
const rows = await flights.persist()

// Airports become numbers; the others stay as they are. What comes out is a table again.
const airports = new ml.ColumnTransformer({
  transformers: [['airports', new ml.OrdinalEncoder(), ['origin', 'destination']]],
  remainder: 'passthrough',
})
const features = await airports.fitTransform(
  rows.select('origin', 'destination', 'hour', 'weekday', 'day', 'distance'),
)
console.log(`learning from ${features.columns.join(', ')}`)
const late = rows.select('late')

const trees = new ml.GradientBoostingClassifier({
  maxIter: 20,
  maxDepth: 5,
  growth: 'depthWise',
  categoricalFeatures: [0, 1],
})
const line = new ml.Pipeline({
  steps: [
    ['scale', new ml.StandardScaler()],
    ['line', new ml.LogisticRegression()],
  ],
})
for (const [name, model] of [
  ['trees', trees],
  ['line', line],
] as const) {
  await model.fit(features, late)
  // How many rows each block has is known once it is computed; then a column can be taken.
  const chances = (await model.predictProba(features).computeChunkSizes()).slice(':', 1)
  const auc = await ml.metrics.rocAucScore(late, chances)
  const right = await model.score(features, late)
  console.log(`${name.padEnd(6)} ${(100 * right).toFixed(1)} % right, area under the curve ${auc.toFixed(3)}`)
}

const shares = trees.featureImportances()
const ranked = features.columns
  .map((column, i) => ({ column, share: shares[i] }))
  .sort((a, b) => b.share - a.share)
for (const { column, share } of ranked) console.log(`${column.padEnd(22)} ${(100 * share).toFixed(1)} %`)
