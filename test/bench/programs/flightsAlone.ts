// The ten questions of examples/flights-table.ts asked of polars itself, in this process, each of the file.

import pl from 'nodejs-polars'

const RUNS = 5
const [path] = process.argv.slice(2)
const { col } = pl
const len = () => pl.len()
const flights = () => pl.scanParquet(path)
const late = () => col('delay').gt(pl.lit(60))

const questions: Record<string, () => { collect(): Promise<pl.DataFrame> }> = {
  'how many': () => flights().select(len().alias('flights')),
  'how late, how far': () =>
    flights().select(
      col('delay').mean().alias('delay'),
      col('delay').max().alias('longest delay'),
      col('distance').mean().alias('distance'),
    ),
  'most flights': () =>
    flights()
      .groupBy('origin')
      .agg(len().alias('flights'))
      .sort(['flights', 'origin'], [true, false])
      .head(5),
  latest: () =>
    flights()
      .groupBy('origin')
      .agg(col('delay').mean().alias('mean'), len().alias('flights'))
      .filter(col('flights').gt(pl.lit(10_000)))
      .sort('mean', true)
      .head(5),
  'late routes': () =>
    flights()
      .filter(late())
      .groupBy(['origin', 'destination'])
      .agg(len().alias('late'))
      .sort(['late', 'origin', 'destination'], [true, false, false])
      .head(5),
  'hour of the day': () =>
    flights()
      .groupBy(col('date').dt.hour().alias('hour'))
      .agg(col('delay').mean().alias('mean'))
      .sort('mean', true)
      .head(5),
  'day of the week': () =>
    flights()
      .groupBy(col('date').dt.weekday().alias('weekday'))
      .agg(col('delay').mean().alias('mean'), len().alias('flights'))
      .sort('weekday'),
  'how delays spread': () =>
    flights()
      .withColumns(
        pl
          .when(col('delay').ltEq(pl.lit(0)))
          .then(pl.lit('on time'))
          .when(col('delay').ltEq(pl.lit(15)))
          .then(pl.lit('some minutes'))
          .when(late())
          .then(pl.lit('hours'))
          .otherwise(pl.lit('up to an hour'))
          .alias('kind'),
      )
      .groupBy('kind')
      .agg(len().alias('flights'))
      .sort('flights', true),
  'send and hear': () =>
    flights()
      .groupBy('origin')
      .agg(col('destination').nUnique().alias('to'))
      .join(flights().groupBy('destination').agg(col('origin').nUnique().alias('from')), {
        leftOn: 'origin',
        rightOn: 'destination',
      })
      .filter(col('to').gt(col('from')))
      .sort(['to', 'origin'], [true, false])
      .head(5),
  'long and early': () =>
    flights()
      .filter(col('delay').lt(pl.lit(-30)))
      .sort(['distance', 'date', 'origin'], [true, false, false])
      .head(5),
}

const times: number[] = []
for (let round = 0; round <= RUNS; round++) {
  const began = performance.now()
  for (const ask of Object.values(questions)) String(await ask().collect())
  if (round > 0) times.push((performance.now() - began) / 1000)
}
console.log(JSON.stringify({ 'ten questions': times.sort((a, b) => a - b)[RUNS >> 1] }))
