// Every kernel of trees.

import './boostBlock.ts'
import './boostDecide.ts'
import './boostLevel.ts'
import './boostMerge.ts'
import './heldRows.ts'
import './learnBins.ts'
import './predict.ts'
import './samples.ts'
import './shap.ts'
import './forest.ts'
import './forestFinish.ts'
import './forestRows.ts'
