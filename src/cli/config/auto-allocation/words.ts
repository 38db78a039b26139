import type { Command } from 'commander';
import { jsonOption, type Define } from '../../words/define.ts';

/** Commands about service types that get a range when they are first asked for. In force at once, without a restart. */
export function defineAutoAllocation(define: Define, config: Command): void {
  const group = config
    .command('auto-allocation')
    .description('unknown service types that get a range of ports when they are first asked for');
  define(
    group,
    'status',
    'is it on, and by which settings',
    'styxy config auto-allocation status',
    () => import('./status.ts'),
  ).addOption(jsonOption());
  for (const [word, enabled, description] of SWITCHES) {
    define(group, word, description, `styxy config auto-allocation ${word}`, async () => {
      const { createSwitch } = await import('./switch.ts');
      return { execute: createSwitch(enabled) };
    }).addOption(jsonOption());
  }
  define(
    group,
    'list',
    'the service types that were made, their ports and who leases them',
    'styxy config auto-allocation list',
    () => import('./list.ts'),
  ).addOption(jsonOption());
  define(
    group,
    'undo <type>',
    'take the range of such a type back, once nobody leases from it',
    'styxy config auto-allocation undo grafana',
    () => import('./undo.ts'),
  ).addOption(jsonOption());
  // As the original had it.
  define(
    config,
    'undo-auto-allocation <type>',
    'the same as auto-allocation undo',
    'styxy config undo-auto-allocation grafana',
    () => import('./undo.ts'),
    { hidden: true },
  ).addOption(jsonOption());
}

const SWITCHES = [
  ['enable', true, 'give unknown service types a range of their own'],
  ['disable', false, 'refuse unknown service types'],
] as const;
