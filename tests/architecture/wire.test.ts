import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { readSources, sourceFile, type SourceFile } from '../support/source-tree.ts';

/** Loading a schema library costs a command a third of its start. */
const SCHEMAS = /^src\/protocol\/(requests|answers|openapi)\//;
/** An MCP server describes what goes in and out of its tools and checks it; nothing else loads it. */
const MCP = /^src\/cli\/mcp\//;
/** Answers are described when the document is made; nobody checks them at run time. */
const UNUSED_AT_RUN_TIME = /^src\/protocol\/(answers|openapi)\//;

function loads({ path, imports }: SourceFile, folder: RegExp): string[] {
  return imports
    .filter(({ isTypeOnly, target }) => !isTypeOnly && target.startsWith('.'))
    .map(({ target }) => posix.join(posix.dirname(path), target))
    .filter((target) => folder.test(target) && !folder.test(path))
    .map((target) => `${path} loads ${target}`);
}

const sources = readSources().filter(({ path }) => !MCP.test(path));

/** Loaded by one command alone, which lives as long as its agent and has to say the form of its answers. */
const TOOLS_OF_AGENTS = 'src/cli/mcp/';

test('only the daemon loads the schemas of requests; all others have their types', () => {
  const others = sources.filter(
    ({ path }) => !path.startsWith('src/daemon/http/') && !path.startsWith(TOOLS_OF_AGENTS),
  );
  expect(others.flatMap((file) => loads(file, SCHEMAS))).toEqual([]);
});

test('nobody loads the schemas of answers', () => {
  const others = sources.filter(({ path }) => !path.startsWith(TOOLS_OF_AGENTS));
  expect(others.flatMap((file) => loads(file, UNUSED_AT_RUN_TIME))).toEqual([]);
});

test('a load is told apart from a type', () => {
  const load = "import { allocateBody } from '../protocol/requests/allocate.ts';";
  const type = "import type { AllocateBody } from '../protocol/requests/allocate.ts';";
  expect(loads(sourceFile('src/client/x.ts', load), SCHEMAS)).toHaveLength(1);
  expect(loads(sourceFile('src/client/x.ts', type), SCHEMAS)).toEqual([]);
});
