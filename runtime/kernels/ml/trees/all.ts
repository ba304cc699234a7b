// Every kernel of trees.

import './boostBlock.ts'
import './boostMerge.ts'
import './predict.ts'
import './samples.ts'
