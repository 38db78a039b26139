import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import serviceTypes from '../../../../config/service-types.json' with { type: 'json' };
import { styxyHome } from '../../../support/home.ts';
import type { PortBlock } from '../../../support/port-block.ts';
import { prove, type Way } from './prove.ts';
import { record } from './record.ts';
import { install, type Installed } from './scratch.ts';
import type { ToolCase } from './tool-case.ts';

const WAYS: readonly Way[] = ['direct', 'default taken', 'script, its port taken'];

/** Each tool three ways. With RECORD_TOOLS set, what passed is noted for the reference page. */
export function proveTools(tools: readonly ToolCase[]): void {
  describe.each(tools.map((tool) => [tool.name, tool] as const))('%s', (name, tool) => {
    const home = styxyHome({ types: allTypes });
    const ways = WAYS.filter((way) => way !== 'default taken' || tool.default !== undefined);
    const state = { installed: 'it was not tried' as Installed | string, passed: 0 };

    const installedOr = (skip: (why: string) => never): Installed =>
      typeof state.installed === 'string' ? skip(state.installed) : state.installed;

    beforeAll(async () => {
      state.installed = await install(tool);
    }, 900_000);

    test('is there', ({ skip }) => {
      expect(installedOr(skip).version).toMatch(/^\d/);
    });

    test.for(ways)('%s', async (way, { skip }) => {
      await prove(tool, way, home, installedOr(skip));
      state.passed += 1;
    });

    afterAll(() => {
      const { installed, passed } = state;
      if (process.env['RECORD_TOOLS'] && typeof installed === 'object' && passed === ways.length)
        record(tool.row ?? name, installed.version);
    });
  });
}

const PORTS_PER_TYPE = 5;

/** Ports of the test's own for whatever type a tool has; the last ones are left for the numbers in scripts. */
function allTypes({ first }: PortBlock): Record<string, { port_range: [number, number] }> {
  return Object.fromEntries(
    Object.keys(serviceTypes).map((type, index) => {
      const from = first + index * PORTS_PER_TYPE;
      return [type, { port_range: [from, from + PORTS_PER_TYPE - 1] }];
    }),
  );
}
