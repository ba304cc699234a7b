// What the packages that make certificates expect to be there.

import 'reflect-metadata'
