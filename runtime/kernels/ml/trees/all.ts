// Every kernel of trees.

import './boostBlock.ts'
import './predict.ts'
import './samples.ts'
