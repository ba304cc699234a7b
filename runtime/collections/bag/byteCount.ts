// Sizes as people write them: `64MB`, `1.5 GiB`, or a number of bytes.

import { givenText } from '../../kernels/givenText.ts'
import { BagArgumentError } from './arguments.ts'

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

/**
 * Bytes of a size.
 * @throws {BagArgumentError} when it is no size, or less than one byte
 * @example byteCount('blocksize', '64 MB') // 64000000
 */
export function byteCount(what: string, size: number | string): number {
  const match = /^\s*([\d_.]+(?:e\d+)?)\s*([a-z]*)\s*$/i.exec(
    typeof size === 'string' || typeof size === 'number' ? String(size) : '',
  )
  const unit = match && UNITS[match[2].toLowerCase()]
  const bytes = match && unit ? Math.round(Number(match[1].replaceAll('_', '')) * unit) : Number.NaN
  if (!(bytes >= 1))
    throw new BagArgumentError(
      `${what} takes a size such as '64MB' or a number of bytes ≥ 1, not ${givenText(size)}`,
    )
  return bytes
}
