/** Reads the template files a configuration names. Fails as a whole, so that a reload with a broken one changes nothing. */
import { glob, readFile } from 'node:fs/promises';
import { parseTemplates, type TemplateSet } from './template-set.ts';

/** Far above any real template file; keeps a wrong glob from reading a disk image into memory. */
const LARGEST_FILE_BYTES = 4 * 2 ** 20;

/**
 * @param globs absolute. One that matches nothing is fine; files are read in the order of the globs, each sorted by name,
 * later definitions taking the place of earlier ones.
 * @returns the templates, and the files that were found, each once
 * @throws TemplateError, or an Error naming the file that cannot be read
 */
export async function loadTemplates(
  globs: readonly string[],
): Promise<{ readonly templates: TemplateSet; readonly files: readonly string[] }> {
  const names: string[] = [];
  for (const pattern of globs) names.push(...(await Array.fromAsync(glob(pattern))).sort());
  const unique = [...new Set(names)];
  const sources = await Promise.all(
    unique.map(async (name) => {
      try {
        const text = await readFile(name, 'utf8');
        if (text.length > LARGEST_FILE_BYTES) throw new Error(`is larger than ${LARGEST_FILE_BYTES} bytes`);
        return { name, text };
      } catch (cause) {
        throw new Error(
          `cannot read the template file ${name}: ${cause instanceof Error ? cause.message : String(cause)}`,
          { cause },
        );
      }
    }),
  );
  return { templates: parseTemplates(sources), files: unique };
}
