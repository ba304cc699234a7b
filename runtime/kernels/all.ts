// Every kernel: whoever imports this file can run any task of our own collections.

import './array/blockTask.ts'
import './array/calls.ts'
import './array/einsum.ts'
import './array/statistics.ts'
import './array/storage.ts'
import './bag/estimate.ts'
import './bag/field.ts'
import './bag/groups.ts'
import './bag/partition.ts'
import './bag/tee.ts'
import './delayed/delayed.ts'
import './ml/all.ts'
import './table/partition.ts'
import './table/groupReduction.ts'
import './table/rowFunctions.ts'

export { kernel, kernelNames } from './kernel.ts'
