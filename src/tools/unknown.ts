import { commonName } from './match/invocation.ts';
import { PORT_VARIABLE, type PortPlan } from './plan.ts';
import { serviceName } from './service-name.ts';
import { argvWords } from './text/word.ts';

/**
 * The plan for a command of which nothing is known: PORT is all it gets.
 * @param folder of the package that it runs in, relative to the worktree
 */
export function planUnknown(argv: readonly string[], folder: string): PortPlan {
  const name = commonName(argvWords({ kind: 'argv', words: argv }));
  return {
    label: name ?? 'the command',
    adapter: PORT_VARIABLE,
    serviceType: undefined,
    identity: { folder, program: argv[0] ?? '', name: serviceName(name) },
    wanted: undefined,
    wish: undefined,
    written: undefined,
    because: `${name ?? 'the command'} is given PORT, in case it reads that`,
    place: undefined,
    reached: 'unsure',
    fixed: undefined,
    more: [],
    portOwner: 0,
    programs: [],
    composeProject: undefined,
    mentions: [],
    elsewhere: [],
    inject: () => ({ argv: [...argv] }),
  };
}
