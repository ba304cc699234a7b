// Every kernel of models.

import './classes.ts'
import './convert.ts'
import './linear/losses.ts'
import './linear/predictLinear.ts'
import './linear/triangle.ts'
import './preprocessing/moments.ts'
import './sample.ts'
import './scores.ts'
import './steps.ts'
import './trees/all.ts'
