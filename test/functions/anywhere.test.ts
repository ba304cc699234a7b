// Odd functions, values, classes and modules, through the whole path: `heddle run` with two workers.

import { caseTests } from './kit/anywhere.ts'

caseTests('functions of every odd form, on two workers', 'functions.ts')
caseTests('values of every kind, on two workers', 'values.ts')
caseTests('classes of every odd form, on two workers', 'classes.ts')
caseTests('large captures, and changes to what a task was given', 'captures.ts')
caseTests('imports of every odd form, on two workers', 'modules.ts')
caseTests('closures as people write them, compared with what they give here', 'odd.ts')
caseTests('older styles, and what comes back', 'odder.ts')
caseTests('functions and classes that are changed after their declaration', 'later.js')
caseTests('values whose content the language hides', 'hidden.ts')
caseTests('what classes, namespaces and weak collections hold', 'statics.ts')
caseTests('programs that nobody had in mind', 'unforeseen.ts')
caseTests('small programs as scientists write them', 'science.ts')
