/**
 * The pictures of terminals: what is typed in which project, and what is waited for. Without `until` that is the next
 * prompt; texts in `until` are shown one after the other, and the command goes on.
 */
import { services, shop, withDrift } from './shop.mjs';

const WORKTREES = { 'shop-login': 'login' };

/** The same project in two worktrees at once. */
const tour = {
  ...services,
  worktrees: WORKTREES,
  animated: true,
  columns: 92,
  rows: 22,
  steps: [
    { type: 'styxy up --detach', hold: 2000 },
    { type: 'cd ../shop-login', hold: 500 },
    { type: 'styxy up --detach', hold: 2000 },
    { type: 'styxy list' },
  ],
};

/** The same on a phone, where a wide picture could not be read. */
const narrowTour = {
  ...shop,
  worktrees: WORKTREES,
  animated: true,
  columns: 46,
  rows: 17,
  steps: [
    { type: 'styxy run --detach --wait dev', hold: 2000 },
    { type: 'cd ../shop-login', hold: 500 },
    { type: 'styxy run --detach --wait dev', hold: 2000 },
    { type: 'styxy list' },
  ],
};

/** What is wrong stands first, and what to do about it below. */
const ui = {
  ...withDrift,
  worktrees: WORKTREES,
  columns: 84,
  rows: 18,
  steps: [
    { type: 'styxy up --detach' },
    { type: 'styxy run --detach --name docs -- node docs.mjs' },
    { type: 'cd ../shop-login' },
    { type: 'styxy up --detach' },
    { type: 'styxy ui', until: ['shop-login  login', 'drifted: on'] },
    { press: 'j', until: ['docs: its program does not read the port'] },
  ],
};

export const TERMINALS = {
  tour,
  'tour-narrow': narrowTour,
  'getting-started': {
    ...shop,
    columns: 84,
    steps: [{ type: 'styxy run -- npm run dev', until: ['styxy: dev listens on'] }],
  },
  up: {
    ...services,
    columns: 84,
    steps: [{ type: 'styxy up', until: ['READY AFTER', 'http://web.shop'] }, { press: 'ctrl-c' }],
  },
  ui,
  agents: {
    ...shop,
    columns: 84,
    steps: [{ type: 'styxy run --detach --wait dev' }, { type: 'styxy run --detach --wait dev' }],
  },
  adopt: { ...shop, columns: 84, steps: [{ type: 'styxy init --dry-run' }] },
};
