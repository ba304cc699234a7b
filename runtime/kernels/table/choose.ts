// Which engine runs here: polars where its binary is installed, else columns in JavaScript.

import { columnsEngine } from './columns/columnsEngine.ts'
import type { Engine } from './engine.ts'
import { nativePolars } from './polars/native.ts'
import { polarsEngine } from './polars/polarsEngine.ts'

/**
 * The engine of this thread. `HEDDLE_TABLE_ENGINE=columns` leaves polars out.
 * @throws {Error} when `HEDDLE_TABLE_ENGINE=polars` asks for what is not installed
 */
export function tableEngine(): Engine {
  const wanted = process.env.HEDDLE_TABLE_ENGINE
  if (wanted === 'columns') return columnsEngine as Engine
  if (nativePolars()) return polarsEngine as Engine
  if (wanted === 'polars')
    throw new Error(
      'HEDDLE_TABLE_ENGINE=polars, but nodejs-polars is not installed for this platform: npm install nodejs-polars@0.25.2',
    )
  return columnsEngine as Engine
}
