import { describe, expect, it } from 'vitest';
import ports from '../../../config/tool-ports.json' with { type: 'json' };
import serviceTypes from '../../../config/service-types.json' with { type: 'json' };
import proven from '../../e2e/tools/proven.json' with { type: 'json' };
import { ALL } from '../../e2e/tools/cases/all.ts';
import { rowKey, TABLE } from '../../../src/tools/adapters/table.ts';
import { familyOf } from '../../../src/tools/families.ts';

const tools = Object.values(TABLE).flat();

describe('the table of tools', () => {
  it('has at least 120 of them', () => {
    expect(new Set(tools.map(({ name }) => name)).size).toBeGreaterThan(120);
  });

  it('has each command of each program once, unless an option tells two apart', () => {
    const rows = tools.flatMap(({ programs, commands = [''], onlyWith }) =>
      programs.flatMap((program) =>
        commands.map((command) => `${program} ${command} ${onlyWith?.[0] ?? ''}`),
      ),
    );
    expect(rows.filter((row, index) => rows.indexOf(row) !== index)).toEqual([]);
  });

  it('has every program in one family, which is found by its name', () => {
    for (const [family, rows] of Object.entries(TABLE))
      for (const { programs } of rows)
        expect(programs.map((program) => [program, familyOf(program)])).toEqual(
          programs.map((program) => [program, family]),
        );
  });

  it('has service types that exist', () => {
    expect(tools.filter(({ serviceType }) => !Object.hasOwn(serviceTypes, serviceType ?? ''))).toEqual([]);
  });

  it('has names of services', () => {
    expect(tools.filter(({ name }) => !/^[a-z0-9][a-z0-9._-]*$/.test(name))).toEqual([]);
  });

  it('says of each tool how it takes a port, where it gets one from its own files, or what it points at', () => {
    const silent = tools.filter(
      ({ port, defaultPort, otherPorts, target }) =>
        port.length === 0 && !defaultPort && !target && !otherPorts,
    );
    expect(silent.map(({ name }) => name)).toEqual(['haproxy', 'envoy']);
  });

  it('watches the port that each takes by itself', () => {
    expect(Object.entries(ports).find(([port]) => port === '5173')?.[1].tools).toContain('vite');
    const missing = tools.filter(
      ({ defaultPort }) =>
        defaultPort !== undefined && defaultPort >= 1024 && !Object.hasOwn(ports, defaultPort),
    );
    expect(missing).toEqual([]);
  });

  it('has a key for each row that no other has', () => {
    const keys = tools.map(rowKey);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it('is proven by real tools: each is of one row, and what was recorded is still run', () => {
    const keys = new Set(tools.map(rowKey));
    const rows = ALL.flatMap(({ row }) => row ?? []);
    expect(rows.filter((row, index) => !keys.has(row) || rows.indexOf(row) !== index)).toEqual([]);
    const names = ALL.map(({ name, row }) => row ?? name);
    expect(Object.keys(proven).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('says the same port as the real tool takes by itself', () => {
    // Without one, or with one for root alone, the tool is run on the port that its command or its files say.
    const told = new Map(
      tools.map(({ defaultPort = 0, ...tool }) => [
        rowKey(tool),
        defaultPort < 1024 ? undefined : defaultPort,
      ]),
    );
    const other = ALL.filter(
      ({ row = '', default: port }) => told.get(row) !== undefined && told.get(row) !== port,
    );
    expect(other.map(({ name }) => name)).toEqual([]);
  });
});
