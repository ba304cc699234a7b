// Functions of real programs, lifted and run in worker threads.

import { programTests } from './kit/runProgram.ts'

programTests('functions and their captures', 'closures.ts')
programTests('classes and instances', 'classes.ts')
programTests('modules and imports', 'modules.ts')
programTests('values', 'values.ts')
programTests('refusals', 'refusals.ts')
programTests('without the loader, by inspection', 'plain.ts', { loader: false })
programTests('calls that say where they stand', 'places.ts')
