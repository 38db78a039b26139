import { StyxyError } from '../../base/styxy-error.ts';
import { changedScripts } from '../../init/plan.ts';
import type { Context } from '../context.ts';
import { imageAdvice } from './advice.ts';
import { applyChanges, applyDependency } from './apply.ts';
import { isInteractive } from '../print/ask.ts';
import { askConfirm, chooseScripts } from './ask.ts';
import type { Dependency } from './dependency.ts';
import type { InitFlags } from './flags.ts';
import { count, idOf, printChanges, printUnsure } from './print.ts';
import { projectRoot } from './project.ts';
import { planWork, unsureOf, type Work } from './work.ts';

export async function execute(context: Context, flags: InitFlags): Promise<number> {
  requireOneMode(flags);
  if (flags.undo) return (await import('./undo/undone.ts')).undo(context, flags);
  const root = await projectRoot(context.cwd, { needsPackage: flags.serviceTypes === undefined });
  const work = await planWork(context, root, flags);
  if (flags.check) return check(context, work, flags);
  if (flags.yes && !flags.dryRun) return apply(context, work, flags);
  const asks = !flags.dryRun && !flags.json && isInteractive(context.env);
  return asks ? ask(context, work, flags) : show(context, work, flags);
}

function requireOneMode({ dryRun, undo, check: checks }: InitFlags): void {
  const given = [checks && '--check', undo && '--undo', !undo && dryRun && '--dry-run'].filter(Boolean);
  if (given.length > 1) throw new StyxyError('USAGE', `${given.join(' and ')} exclude each other`);
}

function check({ out }: Context, work: Work, { json }: InitFlags): number {
  const ok = work.files.length === 0;
  if (json) out.json({ ok, ...document(work, false) });
  else if (ok) out.note('every script that starts a server goes through Styxy');
  else {
    printChanges(out, work.files);
    out.note('styxy: these scripts bind their ports by themselves: run styxy init');
  }
  return ok ? 0 : 1;
}

/** Nothing is changed. */
function show({ out }: Context, work: Work, { json, dryRun }: InitFlags): number {
  if (json) {
    out.json(document(work, false));
    return 0;
  }
  if (work.files.length === 0) return nothingToDo(out, work);
  printChanges(out, work.files);
  tell(out, work);
  out.note(`styxy: nothing is changed yet: ${dryRun ? 'styxy init' : 'styxy init --yes'} does it`);
  return 0;
}

/** What the user should know of the plan. */
function tell(out: Context['out'], work: Work): void {
  printUnsure(out, unsureOf(work));
  const advice = imageAdvice(work);
  if (advice !== undefined) out.note(`styxy: ${advice}`);
}

function nothingToDo(out: Context['out'], work: Work): number {
  const servers = work.plan.scripts.some(({ before }) => /\bstyxy(\.cjs)? run\b/.test(before));
  out.note(
    servers ? 'every script that starts a server goes through Styxy' : 'no script here starts a server',
  );
  printUnsure(out, unsureOf(work));
  return 0;
}

async function ask(context: Context, work: Work, flags: InitFlags): Promise<number> {
  const { out } = context;
  const changed = changedScripts(work.plan);
  const unsure = unsureOf(work);
  if (changed.length + unsure.length === 0) return nothingToDo(out, work);
  printChanges(out, work.files);
  let chosen = work;
  if (changed.length + unsure.length > 1 && flags.only === undefined) {
    const names = await chooseScripts(changed, unsure);
    if (names === undefined || names.length === 0) return leave(out);
    chosen = await planWork(context, work.root, { ...flags, only: names, also: names });
    if (names.join() !== changed.map(idOf).join()) printChanges(out, chosen.files);
  }
  const { dependency } = chosen;
  const adds = canAdd(dependency) && flags.install;
  const question = `Write ${count(chosen.files.length, 'file')}${adds ? `, and run ${dependency.command.join(' ')}` : ''}?`;
  if (!(await askConfirm(question))) return leave(out);
  const code = await apply(context, chosen, flags);
  await offerHooks(context);
  return code;
}

/** An agent may start servers by other ways than scripts. */
async function offerHooks(context: Context): Promise<void> {
  const { accept, isPassing, offersHere } = await import('../hook/settings/offer.ts');
  const offers = isPassing() ? [] : offersHere(context);
  const [first] = offers;
  if (!first) return;
  const agents = offers.map(({ target }) => target.agent).join(', ');
  if (
    !(await askConfirm(
      `Also put hooks into the settings of ${agents}? (styxy hook print --agent ${first.target.agent} shows them)`,
    ))
  )
    return;
  for (const offer of offers) {
    const notes = await accept(offer, context);
    for (const note of [`hooks are in ${offer.target.file}`, ...notes]) context.out.note(`styxy: ${note}`);
  }
}

const canAdd = ({ isPublic, isListed }: Dependency): boolean => isPublic && !isListed;

function leave(out: Context['out']): number {
  out.note('nothing is changed');
  return 1;
}

async function apply(context: Context, work: Work, flags: InitFlags): Promise<number> {
  const { root, files, dependency } = work;
  const { out } = context;
  if (files.length === 0 && !flags.json) return nothingToDo(out, work);
  if (files.length > 0) await applyChanges(context, root, files);
  const adds = files.length > 0 && flags.install && canAdd(dependency);
  const failure = adds ? await applyDependency(context, root, dependency) : undefined;
  if (flags.json) {
    out.json({
      ...document(work, files.length > 0),
      dependency: { ...describe(dependency), added: adds && failure === undefined },
    });
    return 0;
  }
  if (flags.yes) printChanges(out, files);
  tell(out, flags.yes ? work : { ...work, plan: { ...work.plan, scripts: changedScripts(work.plan) } });
  const scripts = files.flatMap((each) => each.scripts);
  out.note(
    `styxy: ${count(scripts.length, 'script')} in ${count(files.filter((each) => each.scripts.length > 0).length, 'file')} changed; styxy init --undo takes it back`,
  );
  explainDependency(out, work, failure, adds, flags);
  return 0;
}

function explainDependency(
  out: Context['out'],
  { dependency }: Work,
  failure: string | undefined,
  wasTried: boolean,
  { launcher, install }: InitFlags,
): void {
  if (dependency.isListed || (wasTried && failure === undefined)) return;
  const without = launcher
    ? 'Until then the scripts run as before for those who have no Styxy.'
    : 'Until then the scripts fail for those who have no Styxy.';
  const why = install ? ', and this copy of it came from no registry' : '';
  const what =
    failure === undefined
      ? `styxy itself is not among the devDependencies${why}`
      : `adding it to the devDependencies failed (${failure})`;
  out.note(`styxy: ${what}; this adds it: ${dependency.command.join(' ')}`);
  out.note(`       ${without}`);
}

function document({ root, plan: { scripts }, files, dependency }: Work, applied: boolean) {
  return {
    root,
    applied,
    files: files.map((each) => ({
      file: each.file,
      change: each.before === undefined ? 'create' : 'edit',
      scripts: each.scripts.map(({ name, before, after, servers }) => ({ name, before, after, servers })),
    })),
    unsure: scripts
      .filter(({ isUnsure }) => isUnsure)
      .map((each) => ({ script: idOf(each), command: each.before })),
    dependency: describe(dependency),
  };
}

function describe({ isListed, command }: Dependency) {
  return { listed: isListed, command: command.join(' ') };
}
