// Where and when do flights leave late? Reads 3 million flights from a parquet file, all of its parts in parallel.

import { bag, compute } from 'heddle'

interface Flight {
  /** Scheduled departure, local time. */
  date: Date
  /** Minutes late; negative when early. */
  delay: number
  origin: string
}

/** What is kept of many flights: small, so that it is quick to send. */
interface Tally {
  flights: number
  minutes: number
  late: number
}

const LATE_MINUTES = 15
const NONE: Tally = { flights: 0, minutes: 0, late: 0 }

function add(tally: Tally, { delay }: Flight): Tally {
  tally.flights += 1
  tally.minutes += delay
  if (delay >= LATE_MINUTES) tally.late += 1
  return tally
}

const merge = (a: Tally, b: Tally): Tally => ({
  flights: a.flights + b.flights,
  minutes: a.minutes + b.minutes,
  late: a.late + b.late,
})

// Nothing is read here: a bag only knows how to. Each of the file's 11 row groups becomes a task.
const file = new URL('../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url)
const flights = bag.readParquet<Flight>(file, { columns: ['date', 'delay', 'origin'] })
const byAirport = flights.foldby((flight) => flight.origin, add, NONE, merge)
const byHour = flights.foldby((flight) => flight.date.getUTCHours(), add, NONE, merge)

// Now it is: on every thread of the cluster, which is started if none is there.
const [airports, hours] = await compute(byAirport, byHour)

const delayOf = ({ minutes, flights }: Tally): number => minutes / flights
const busy = airports.filter(([, tally]) => tally.flights >= 5000)
const ranked = busy.toSorted(([, a], [, b]) => delayOf(a) - delayOf(b))
const total = airports.map(([, tally]) => tally).reduce(merge)

const row = (name: string, tally: Tally): string =>
  [
    name.padEnd(8),
    tally.flights.toLocaleString('en-US').padStart(9),
    `${delayOf(tally).toFixed(1)} min`.padStart(11),
    `${((100 * tally.late) / tally.flights).toFixed(1)} %`.padStart(9),
  ].join('')

console.log(`
${total.flights.toLocaleString('en-US')} flights from ${airports.length} airports, on average ${delayOf(total).toFixed(1)} minutes late.

Airports with at least 5,000 flights
origin    flights mean delay     late
${ranked
  .slice(0, 10)
  .map(([airport, tally]) => row(airport, tally))
  .join('\n')}
…
${ranked
  .slice(-10)
  .map(([airport, tally]) => row(airport, tally))
  .join('\n')}

Hours of departure
hour      flights mean delay     late
${hours
  .filter(([hour]) => hour >= 5 && hour <= 22)
  .sort(([a], [b]) => a - b)
  .map(([hour, tally]) => row(`${String(hour).padStart(2, '0')}:00`, tally))
  .join('\n')}

Late: ${LATE_MINUTES} minutes or more.`)
