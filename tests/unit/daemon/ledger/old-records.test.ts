import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Lease } from '../../../../src/domain/lease.ts';
import { recordsAt, replayed } from '../../../support/records.ts';

/** Written by a daemon of the last version with schema 1, with a lease of each kind. */
const RECORDED = fileURLToPath(new URL('states/schema-1.state', import.meta.url));

const wrapper = { pid: 7560, startTime: '202545' };
const nothing = {
  project: undefined,
  branch: undefined,
  instance: undefined,
  command: undefined,
  requestId: undefined,
};

describe('a state file of schema 1', () => {
  const { records, damagedBytes, boot } = recordsAt(RECORDED);
  const { leases, instances } = replayed(records);
  const byPort = new Map([...leases.values()].map((lease) => [lease.port, lease]));
  const at = (port: number): Lease => byPort.get(port)!;

  test('is read to the last byte', () => {
    const lines = readFileSync(RECORDED, 'utf8').trim().split('\n');
    expect(damagedBytes).toBe(0);
    expect(records).toHaveLength(lines.length - 1);
    expect(boot).toBe('a47787aa-a067-411a-b757-0ceda26adee7');
    expect([...instances.keys()]).toEqual(['review']);
    expect([...byPort.keys()].toSorted((a, b) => a - b)).toEqual([
      21_000, 21_001, 21_002, 21_003, 21_004, 21_005, 21_020, 21_050, 21_051, 21_052,
    ]);
  });

  test('gives each lease its one hold, with all that was known of it', () => {
    expect(at(21_000)).toEqual({
      id: '6e5b6a6d-7a06-40c8-8f6f-a024d20aadc2',
      port: 21_000,
      type: 'web',
      name: 'shop',
      allocatedAt: 1_795_946_843_076,
      holds: [
        {
          id: '6e5b6a6d-7a06-40c8-8f6f-a024d20aadc2',
          holder: { kind: 'process', ...wrapper },
          project: '/work/shop',
          branch: 'main',
          instance: undefined,
          command: 'vite',
          requestId: 'r-process',
        },
      ],
    });
    expect(at(21_001)).toMatchObject({
      service: wrapper,
      holds: [
        {
          ...nothing,
          holder: { kind: 'connection', ...wrapper },
          project: '/work/shop',
          instance: 'review',
          command: 'node server.js',
        },
      ],
    });
    expect(at(21_002).holds).toEqual([
      {
        ...nothing,
        id: at(21_002).id,
        holder: { kind: 'connection' },
        startedBy: { pid: 7449, startTime: '202248' },
      },
    ]);
    expect(at(21_003).holds[0].holder).toEqual({ kind: 'instance', id: 'review' });
    expect(at(21_004).holds[0].holder).toEqual({ kind: 'ttl', expiresAt: 1_798_538_843_390 });
  });

  test('keeps what was adopted, and what was orphaned', () => {
    expect(at(21_005)).toMatchObject({
      service: { pid: 7667, startTime: '202942' },
      holds: [{ holder: { kind: 'process', pid: 7667, startTime: '202942', isAdopted: true } }],
    });
    expect(at(21_005).holds[0].holder).not.toHaveProperty('isHeir');
    expect(at(21_020)).toMatchObject({
      orphanedAt: 1_795_946_843_801,
      holds: [{ holder: { kind: 'ttl', expiresAt: 1_795_946_843_736 } }],
    });
  });

  test('keeps all who share a lease, in their order, and the holder that died', () => {
    const { holds, shared } = at(21_050);
    expect(holds).toEqual([
      {
        ...nothing,
        id: 'ed66e01a-d394-468c-857d-c3ce86598503',
        holder: { kind: 'process', ...wrapper },
        project: '/work/b',
        requestId: 'r-second',
      },
      {
        id: '2e91e105-f1eb-4d6b-b4e4-1cff83323116',
        holder: { kind: 'instance', id: 'review' },
        project: '/work/c',
        instance: 'review',
        requestId: '28268397-7207-4ffb-95bd-9d36875ba923',
      },
    ]);
    expect(shared).toEqual({
      key: '["once","model",null]',
      servedBy: undefined,
      leftBy: { kind: 'process', pid: 7678, startTime: '202970' },
    });
  });

  test('keeps which lease of a service is found, and which one serves it', () => {
    expect(at(21_051).shared).toEqual({ key: undefined, servedBy: undefined, leftBy: undefined });
    expect(at(21_052).shared).toEqual({
      key: '["once","moved",null]',
      servedBy: 'e158eb5b-1e85-4d44-b46a-dd158114dcf6',
      leftBy: undefined,
    });
    expect(at(21_052).holds[0].id).toBe('e158eb5b-1e85-4d44-b46a-dd158114dcf6');
  });
});
