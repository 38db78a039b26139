import { listed } from '../../run/child/child-env.ts';
import type { Context } from '../context.ts';
import { findVariables, linesOf, tellMissing } from './variables.ts';

interface Flags {
  format: 'dotenv' | 'shell' | 'json';
  write?: string | true;
  check?: boolean;
  force?: boolean;
  json?: boolean;
}

export async function execute(context: Context, flags: Flags): Promise<number> {
  const { format, json } = flags;
  const isForFile = flags.write !== undefined || flags.check === true;
  const found = await findVariables(context, isForFile);
  if (isForFile) {
    const { keepInFile } = await import('./env-file.ts');
    return keepInFile(context, flags, found);
  }
  const { variables, ofServices } = found;
  const { out } = context;
  let unwritable: string[] = [];
  if (json || format === 'json') out.json(variables);
  else {
    // A shell hands them to `styxy run`, which must not take them for what the user has set.
    const list = format === 'shell' ? listed(ofServices) : {};
    const lines = linesOf({ ...variables, ...list }, format);
    lines.written.forEach(out.dataIsRead ? out.line : out.exact);
    unwritable = lines.unwritable;
  }
  tellMissing(context, found, unwritable);
  return 0;
}
