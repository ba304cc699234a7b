// What stands first in a row of a tree: a name, cut in its middle where it is so long that nothing else would be seen. Pure.

const LABEL_LENGTH_MAX = 32
/** Names of one kind differ at their ends. */
const END_LENGTH = 12

const signs = new Intl.Segmenter()

/** The name, or its beginning and its end. @example rowLabel('flights.map(parse).groupBy(carrierOf).compute()') // 'flights.map(parse)…f).compute()' */
export function rowLabel(name: string): string {
  // Short in any way of counting.
  if (name.length <= LABEL_LENGTH_MAX) return name
  const all = [...signs.segment(name)].map(({ segment }) => segment)
  if (all.length <= LABEL_LENGTH_MAX) return name
  const beginning = all.slice(0, LABEL_LENGTH_MAX - END_LENGTH - 1)
  return `${beginning.join('').trimEnd()}…${all.slice(-END_LENGTH).join('').trimStart()}`
}

/** The tooltip of a row, which has its name whole: in front, unless it is told of anyway. */
export const rowTooltip = (name: string, tooltip: string): string =>
  rowLabel(name) === name || tooltip.includes(name) ? tooltip : `${name}\n${tooltip}`
