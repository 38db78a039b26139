import { homedir } from 'node:os';
import { LAYOUTS, type Layout, SCOPES } from '../../hook/install/layout.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import { shortPath } from '../print/listeners.ts';
import { filesWithHooks, plannedUninstall, uninstallFrom } from '../hook/settings/installation.ts';
import { accept, offersFor } from '../hook/settings/offer.ts';
import type { Step } from './steps.ts';

/** Hooks in the user's own settings of an agent that has none yet. @throws StyxyError BAD_CONFIG */
export function hookSteps(agent: string, context: Context): Step[] {
  return offersFor(agent, context).map((offer): Step => {
    const { target, before, after } = offer;
    return {
      name: `hook ${target.agent}`,
      title: `hooks of ${target.agent}: the servers that it starts get ports of their own`,
      question: `Put the hooks into the settings of ${target.agent}?`,
      files: [{ path: target.file, before, after }],
      notes: [],
      apply: async () => accept(offer, context),
    };
  });
}

/** For every settings file that may have hooks of ours: the user's, this project's, and those of other projects that are known. */
export function unhookSources({ cwd, env, paths }: Context): (() => Step[])[] {
  const project = findWorktree(cwd).path;
  const here = Object.entries(LAYOUTS).flatMap(([agent, layout]) =>
    SCOPES.flatMap((scope) => {
      const file = layout.file(scope, { home: homedir(), project, env });
      return file === undefined ? [] : [{ agent, layout, file }];
    }),
  );
  const known = filesWithHooks(paths).flatMap((file) => ownerOf(file) ?? []);
  const all = new Map([...known, ...here].map((each) => [each.file, each]));
  return [...all.values()].map(({ agent, layout, file }) => () => {
    const { before, after } = plannedUninstall(file, layout, paths);
    if (before === after) return [];
    return [
      {
        name: `hook ${agent}`,
        title: `hooks of ${agent}`,
        question: `Take the hooks out of ${shortPath(file)}?`,
        files: [{ path: file, before, after }],
        notes: [],
        apply: async () => {
          await uninstallFrom(file, layout, paths);
          return [];
        },
      },
    ];
  });
}

/** Whose settings a file of another project is, told by the end of its path. */
function ownerOf(file: string): { agent: string; layout: Layout; file: string } | undefined {
  const found = Object.entries(LAYOUTS).find(([, layout]) =>
    SCOPES.some((scope) => {
      const end = layout.file(scope, { home: '', project: '', env: {} });
      return end !== undefined && file.endsWith(end);
    }),
  );
  return found && { agent: found[0], layout: found[1], file };
}
