import { expect, test } from 'vitest';
import { createDescendants } from '../../../src/run/child/descendants.ts';
import { LEASE_MARKER } from '../../../src/protocol/lease-marker.ts';
import { ended, eventually, start, type Program } from '../system/programs.ts';

const marked = (id: string) => ({ env: { ...process.env, [LEASE_MARKER]: id } });

async function pidsSaidBy(program: Program, count: number): Promise<number[]> {
  const pids: number[] = [];
  while (pids.length < count) pids.push(Number(await program.line()));
  return pids;
}

test.runIf(process.platform === 'linux')(
  'a child without marker is known after its parent has ended, once it was seen',
  async () => {
    const program = start('sh', ['-c', 'env -i /bin/sleep 100 & echo $!; exec sleep 100']);
    const [helper] = await pidsSaidBy(program, 1);
    const descendants = createDescendants(program.pid, undefined);
    descendants.note();
    program.child.kill('SIGKILL');
    await ended(program);
    expect(descendants.known().map(({ pid }) => pid)).toEqual([helper]);
    expect((await descendants.find()).map(({ pid }) => pid)).toEqual([helper]);
    process.kill(helper ?? 0, 'SIGKILL');
    await eventually(() => descendants.known().length === 0);
    descendants.close();
  },
);

test.runIf(process.platform === 'linux')(
  'what carries the marker is found wherever it went, but not what another one started that lives',
  async () => {
    const id = `test-${process.pid}`;
    const others = start('sh', ['-c', `${LEASE_MARKER}=${id} sleep 100 & echo $!; wait`]);
    await pidsSaidBy(others, 1);
    const program = start('sh', ['-c', '(sleep 100 & echo $!); exec sleep 100'], marked(id));
    const [left] = await pidsSaidBy(program, 1);
    const descendants = createDescendants(program.pid, [id]);
    const found = (await descendants.find()).map(({ pid }) => pid);
    expect(found.toSorted()).toEqual([program.pid, left].toSorted());
    descendants.close();
  },
);
