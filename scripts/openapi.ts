/** `npm run openapi`: writes docs/openapi.json anew from the shapes and the table of operations. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApiDocument } from '../src/api/v3/openapi.ts';

const file = join(import.meta.dirname, '../docs/openapi.json');
await writeFile(file, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
