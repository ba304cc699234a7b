// Every kernel of models.

import './classes.ts'
import './convert.ts'
import './preprocessing/moments.ts'
import './sample.ts'
import './scores.ts'
import './steps.ts'
import './trees/all.ts'
