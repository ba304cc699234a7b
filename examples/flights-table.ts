// Ten questions about three million flights, asked of a table. Run it with `npm start -- examples/flights-table.ts`.

import { fileURLToPath } from 'node:url'
import { col, dataframe, len, when } from 'heddle'

const FLIGHTS = fileURLToPath(new URL('../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url))
const flights = dataframe.readParquet(process.argv[2] ?? FLIGHTS)
const late = col('delay').gt(60)

const questions = {
  'How many flights are there?': flights.select(len().as('flights')),
  'How late are they, and how far do they go?': flights.select(
    col('delay').mean().as('delay'),
    col('delay').max().as('longest delay'),
    col('distance').mean().as('distance'),
  ),
  'Which airports have most flights?': flights
    .groupBy('origin')
    .agg(len().as('flights'))
    .sort(['flights', 'origin'], { descending: [true, false] })
    .head(5),
  'From where are flights latest?': flights
    .groupBy('origin')
    .agg(col('delay').mean().as('mean'), len().as('flights'))
    .filter(col('flights').gt(10_000))
    .sort('mean', { descending: true })
    .head(5),
  'Which routes have most flights that are an hour late?': flights
    .filter(late)
    .groupBy('origin', 'destination')
    .agg(len().as('late'))
    .sort(['late', 'origin', 'destination'], { descending: [true, false, false] })
    .head(5),
  'In which hour of the day are delays longest?': flights
    .groupBy(col('date').dt.hour().as('hour'))
    .agg(col('delay').mean().as('mean'))
    .sort('mean', { descending: true })
    .head(5),
  'On which day of the week?': flights
    .groupBy(col('date').dt.weekday().as('weekday'))
    .agg(col('delay').mean().as('mean'), len().as('flights'))
    .sort('weekday'),
  'How do delays spread?': flights
    .withColumns(
      when(col('delay').lte(0)).then('on time').when(col('delay').lte(15)).then('some minutes').when(late).then('hours').otherwise('up to an hour').as('kind'),
    )
    .groupBy('kind')
    .agg(len().as('flights'))
    .sort('flights', { descending: true }),
  'Which airports send to more places than they hear from?': flights
    .groupBy('origin')
    .agg(col('destination').nUnique().as('to'))
    .join(flights.groupBy('destination').agg(col('origin').nUnique().as('from')), { leftOn: 'origin', rightOn: 'destination' })
    .filter(col('to').gt(col('from')))
    .sort(['to', 'origin'], { descending: [true, false] })
    .head(5),
  'Which were the longest flights that were early?': flights
    .filter(col('delay').lt(-30))
    .sort(['distance', 'date', 'origin'], { descending: [true, false, false] })
    .head(5),
}

for (const [question, answer] of Object.entries(questions)) {
  console.log(`\n${question}`)
  console.log(String(await answer.compute()))
}
