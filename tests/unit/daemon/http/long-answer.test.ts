import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { isLong, sendLong } from '../../../../src/daemon/http/long-answer.ts';

describe('a long answer', () => {
  const server = createServer(
    (request, response) => void sendLong(response, answers[request.url ?? ''] ?? {}),
  );
  afterEach(() => void server.close());

  const entries = Array.from({ length: 5000 }, (_, index) => ({
    index,
    name: `größer ${index} "\u2028`,
    none: undefined,
  }));
  const answers: Record<string, object> = {
    '/many': { before: null, entries, missing: undefined, none: [], after: { nested: [1, 2] } },
    '/empty': {},
  };

  it('is the JSON that one call would have made, and says its length', async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    for (const [path, value] of Object.entries(answers)) {
      const answer = await fetch(`http://127.0.0.1:${address.port}${path}`);
      const text = await answer.text();
      expect(text).toBe(JSON.stringify(value));
      expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    }
  });

  it('is one with a list of more than a hundred entries', () => {
    expect(isLong({ allocations: Array(101).fill(0), external: [] })).toBe(true);
    expect(isLong({ allocations: Array(100).fill(0), external: [] })).toBe(false);
    expect(isLong(undefined)).toBe(false);
    expect(isLong(null)).toBe(false);
  });
});
