import { visibleText } from '../../base/plain-text.ts';
import type { ScriptPlan } from '../../init/scripts.ts';
import { idOf } from './print.ts';

/** Which scripts are to go through Styxy. @returns undefined: the user has left */
export async function chooseScripts(
  changed: readonly ScriptPlan[],
  unsure: readonly ScriptPlan[],
): Promise<string[] | undefined> {
  const { multiselect, isCancel } = await import('@clack/prompts');
  const chosen = await multiselect({
    message: 'Which scripts shall start through Styxy?',
    options: [
      ...changed.map((each) => ({ value: idOf(each), label: visibleText(`${idOf(each)}: ${each.before}`) })),
      ...unsure.map((each) => ({
        value: idOf(each),
        label: visibleText(`${idOf(each)}: ${each.before}`),
        hint: 'it is not known to start a server',
      })),
    ],
    initialValues: changed.map(idOf),
    required: false,
  });
  return isCancel(chosen) ? undefined : chosen;
}

/** @returns undefined: the user has left */
export async function askConfirm(message: string): Promise<boolean | undefined> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message: visibleText(message) });
  return isCancel(answer) ? undefined : answer;
}
