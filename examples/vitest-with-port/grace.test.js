import { withPort } from 'styxy';
import { expect, test } from 'vitest';
import { startGuestbook } from './guestbook.js';

test('the guestbook knows grace and nobody else', async () => {
  await withPort({ name: 'guestbook-of-grace' }, async ({ port, url }) => {
    const guestbook = await startGuestbook(port);
    try {
      await fetch(`${url}/grace`, { method: 'POST' });
      const guests = await (await fetch(url)).json();
      expect(guests).toEqual(['grace']);
    } finally {
      await guestbook.stop();
    }
  });
});
