import { describe, expect, test } from 'vitest';
import { endInReverse, inOrder } from '../../../src/up/order.ts';

const NODES = [
  { name: 'web', needs: ['api', 'assets'] },
  { name: 'api', needs: ['db'] },
  { name: 'db', needs: [] },
  { name: 'assets', needs: [] },
  { name: 'docs', needs: [] },
];
const names = (nodes: readonly { name: string }[]): string[] => nodes.map(({ name }) => name);

describe('services', () => {
  test('stand behind what they need', () => {
    expect(names(inOrder(NODES, names(NODES)))).toEqual(['db', 'api', 'assets', 'web', 'docs']);
  });

  test('bring what they need along, and nothing else', () => {
    expect(names(inOrder(NODES, ['api']))).toEqual(['db', 'api']);
    expect(names(inOrder(NODES, ['docs', 'db']))).toEqual(['db', 'docs']);
  });

  test('end when all that need them have ended, the others meanwhile', async () => {
    const open = new Map<string, () => void>();
    const started: string[] = [];
    const all = endInReverse(NODES, ({ name }) => {
      started.push(name);
      return new Promise((resolve) => open.set(name, resolve));
    });
    const after = async (name: string): Promise<string[]> => {
      open.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
      return started.splice(0);
    };
    expect(await after('')).toEqual(['web', 'docs']);
    expect(await after('docs')).toEqual([]);
    expect(await after('web')).toEqual(['api', 'assets']);
    expect(await after('assets')).toEqual([]);
    expect(await after('api')).toEqual(['db']);
    open.get('db')?.();
    await all;
  });
});
