import { withPort } from 'styxy';
import { expect, test } from 'vitest';
import { startGuestbook } from './guestbook.js';

test('the guestbook knows ada and nobody else', async () => {
  await withPort({ name: 'guestbook-of-ada' }, async ({ port, url }) => {
    const guestbook = await startGuestbook(port);
    try {
      await fetch(`${url}/ada`, { method: 'POST' });
      const guests = await (await fetch(url)).json();
      expect(guests).toEqual(['ada']);
    } finally {
      await guestbook.stop();
    }
  });
});
