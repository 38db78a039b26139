import type { Allocation } from '../../protocol/answers/allocation.ts';
import { findLease } from '../../run/leases/find-lease.ts';
import { hereOf } from '../../run/plan/here.ts';
import { openInBrowser } from '../../system/process/browser.ts';
import type { Context } from '../context.ts';
import { whyNoBrowser } from './browser.ts';
import { LEFT, namedOrChosen } from './choose/choose-service.ts';
import { waitFor } from './wait.ts';

interface Flags {
  timeout: number;
  plain?: boolean;
  json?: boolean;
}

export async function execute(
  context: Context,
  { timeout, plain, json }: Flags,
  words: string[],
): Promise<number> {
  const { coordinator, env, out } = context;
  const chosen = await namedOrChosen(context, words, { json }, 'Open which service?');
  if (!chosen) return LEFT;
  const name = chosen[0] ?? (await onlyPortHere(context));
  const { port, drift, url } = await waitFor(context, name, timeout, ({ why, hint }) => {
    // Else a terminal shows what is waited for, and a pipe the address when it is there.
    if (hint === undefined) return;
    out.note(`styxy: waiting up to ${timeout / 1000} s for ${name}: ${why}; ${hint}`);
  });
  if (drift !== undefined) out.note(`styxy: ${drift}`);
  const { allocation } = await coordinator.check(port);
  const address = (plain ? undefined : allocation?.name_url) ?? url;
  const why = whyNoBrowser(env, process.platform) ?? (await whyNotOpened(address, env));
  if (json)
    out.json({ ...about(allocation), port, url: address, opened: why === undefined, why: why ?? null });
  else {
    out.note(
      why === undefined ? 'styxy: opened in the browser:' : `styxy: not opened (${why}); its address is`,
    );
    out.line(address);
  }
  return 0;
}

async function onlyPortHere({ coordinator, cwd }: Context): Promise<string> {
  const {
    actual_ports: [actual],
    port,
  } = await findLease(coordinator, undefined, hereOf(cwd));
  return String(actual ?? port);
}

const about = (allocation: Allocation | null) => ({
  service_name: allocation?.service_name ?? null,
  name_url: allocation?.name_url ?? null,
});

/** The browser outlives this command, and has its own words for what is wrong with a page. */
async function whyNotOpened(url: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const opener = await openInBrowser(url, env);
  return opener === undefined ? 'neither $BROWSER nor the opener of this system has started one' : undefined;
}
