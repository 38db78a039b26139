import { describe, expect, test } from 'vitest';
import { AUDIT_ACTIONS, readAuditQuery } from '../../../src/protocol/audit-filter.ts';

const NOW = Date.parse('2030-06-15T12:00:00Z');

describe('a question to the audit log', () => {
  test('is about everything, and answered with the latest hundred, when it asks for nothing', () => {
    expect(readAuditQuery({}, NOW)).toEqual({
      action: undefined,
      type: undefined,
      since: undefined,
      until: undefined,
      limit: 100,
    });
  });

  test.each([
    ['90s', NOW - 90_000],
    ['1h', NOW - 3_600_000],
    ['7d', NOW - 7 * 86_400_000],
    ['2030-06-15T11:00:00Z', NOW - 3_600_000],
    ['2030-06-15T13:00:00+02:00', NOW - 3_600_000],
    ['2030-06-15', NOW - 12 * 3_600_000],
  ])('since %s is a moment', (since, expected) => {
    expect(readAuditQuery({ since }, NOW).since).toBe(expected);
    expect(readAuditQuery({ until: since }, NOW).until).toBe(expected);
  });

  test.each(AUDIT_ACTIONS)('may ask for %s', (action) => {
    expect(readAuditQuery({ action }, NOW).action).toBe(action);
  });

  test('may use the words of the commands', () => {
    expect(readAuditQuery({ action: 'allocate' }, NOW).action).toBe('granted');
    expect(readAuditQuery({ action: 'release' }, NOW).action).toBe('released');
  });

  test.each([
    { action: 'constructor' },
    { action: 'bound' },
    { action: '' },
    { since: 'yesterday' },
    { since: '2030-99-99' },
    { since: '' },
    { until: 'tomorrow' },
    { until: '2h', since: '1h' },
  ])('is refused by name when it makes no sense: %j', (query) => {
    const [field] = Object.keys(query);
    expect(() => readAuditQuery(query, NOW)).toThrow(
      expect.objectContaining({
        code: 'INVALID_REQUEST',
        message: expect.stringContaining(`${field}:`),
        details: { field },
      }),
    );
  });
});
