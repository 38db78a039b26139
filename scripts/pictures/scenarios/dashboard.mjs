/** The picture of the dashboard: what runs on the machine while it is taken. */
import { withDrift } from './shop.mjs';

export const DASHBOARD = {
  ...withDrift,
  worktrees: { 'shop-login': 'login' },
  /** Calls of styxy, in the folders of the worktrees. */
  calls: [
    { in: 'shop', words: ['up', '--detach'] },
    { in: 'shop-login', words: ['up', '--detach'] },
    { in: 'shop', words: ['run', '--detach', '--name', 'docs', '--', 'node', 'docs.mjs'] },
  ],
  /** What has to be seen before the picture is taken. */
  shows: ['drifted: on', '%'],
  size: { width: 1100, height: 540 },
};
