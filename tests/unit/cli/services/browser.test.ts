import { expect, test } from 'vitest';
import { whyNoBrowser } from '../../../../src/cli/services/browser.ts';

test.each([
  ['linux', { DISPLAY: ':0' }, undefined],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, undefined],
  ['linux', { WSL_DISTRO_NAME: 'Debian' }, undefined],
  ['linux', { BROWSER: 'firefox' }, undefined],
  ['linux', {}, 'there is no display here'],
  ['linux', { DISPLAY: ':0', BROWSER: 'none' }, 'BROWSER is none'],
  // X11 of the other machine, or none that the user sees.
  ['linux', { DISPLAY: 'localhost:10.0', SSH_CONNECTION: '::1 1 ::1 22' }, 'this is an SSH session'],
  ['darwin', {}, undefined],
  ['darwin', { SSH_TTY: '/dev/ttys001' }, 'this is an SSH session'],
  ['win32', {}, undefined],
] as const)('on %s with %j: %s', (platform, env, why) => {
  expect(whyNoBrowser(env, platform)).toBe(why);
});
