/**
 * `npm run docs`: builds the docs as a site into site/, whole or not at all: a link or an anchor that leads nowhere, and
 * anything from another host, ends it with exit code 1.
 * `--base /styxy/`: for a site below a path. `--serve`: shows the pages as they are edited, on PORT.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, createServer } from 'vitepress';
import { root } from './docs/pages.mjs';

const { values } = parseArgs({ options: { base: { type: 'string' }, serve: { type: 'boolean' } } });
const source = join(root, 'scripts/docs');

if (values.serve) {
  const server = await createServer(source, {
    port: Number(process.env.PORT ?? 0) || undefined,
    strictPort: true,
  });
  await server.listen();
  server.printUrls();
} else {
  try {
    await build(source, values.base === undefined ? {} : { base: values.base });
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
