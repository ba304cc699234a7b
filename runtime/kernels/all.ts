// Every kernel: whoever imports this file can run any task of our own collections.

import './bag/estimate.ts'
import './bag/groups.ts'
import './bag/partition.ts'
import './bag/tee.ts'
import './delayed/delayed.ts'
import './table/partition.ts'
import './table/rowFunctions.ts'

export { kernel, kernelNames } from './kernel.ts'
