// Is New York really colder than Seattle? Plain functions, delayed: their calls become a graph that runs in parallel.

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { delayed } from 'heddle'

interface Day {
  city: string
  month: number
  high: number
  rain: number
}

async function load(path: string): Promise<Day[]> {
  const [, ...rows] = (await readFile(path, 'utf8')).trim().split('\n')
  return rows.map((row) => {
    const [city, date, rain, high] = row.split(',')
    return { city, month: Number(date.slice(5, 7)), high: Number(high), rain: Number(rain) }
  })
}

const ofCity = (days: Day[], city: string): Day[] => days.filter((day) => day.city === city)

/** The mean high of each month, in °C. */
function monthlyHighs(days: Day[]): number[] {
  return Array.from({ length: 12 }, (_, month) => {
    const highs = days.filter((day) => day.month === month + 1).map((day) => day.high)
    return highs.reduce((sum, high) => sum + high, 0) / highs.length
  })
}

const rainyShare = (days: Day[]): number => days.filter((day) => day.rain > 0).length / days.length

function report(cities: { name: string; highs: number[]; rainy: number }[]): string {
  const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
  const cells = (name: string, values: unknown[]): string =>
    name.padEnd(10) + values.map((value) => String(value).padStart(5)).join('')
  return [
    cells('high, °C', [...months, 'rain']),
    ...cities.map(({ name, highs, rainy }) =>
      cells(name, [...highs.map((high) => high.toFixed(0)), `${(100 * rainy).toFixed(0)}%`]),
    ),
  ].join('\n')
}

const file = fileURLToPath(new URL('../node_modules/vega-datasets/data/weather.csv', import.meta.url))

// None of these calls does anything yet. The file is loaded once, however many cities need it.
const days = delayed(load)(file)
const cities = ['Seattle', 'New York'].map((name) => {
  const own = delayed(ofCity)(days, name)
  return { name, highs: delayed(monthlyHighs)(own), rainy: delayed(rainyShare)(own) }
})
const table = delayed(report)(cities)

console.log(await table.compute())
