import type { Project } from '../project.ts';
import type { Command } from '../text/command.ts';
import { readOptions } from '../text/options.ts';
import type { CopySource } from '../text/word.ts';
import { fileCopy } from './copies.ts';
import type { Runner } from './start.ts';
import { ifAny, named, type Task, taskStarts } from './tasks.ts';

/** `just dev` */
export const just: Runner = (command, project) => {
  const read = readOptions(command.words, 1, {
    flags: ['-q', '--quiet', '-v'],
    values: ['-f', '--justfile', '-d', '--working-directory'],
  });
  const chosen = read?.given.find(({ name }) => name === '-f' || name === '--justfile')?.value;
  const found =
    read && command.dir !== undefined
      ? named(chosen ? [chosen] : ['justfile', 'Justfile', '.justfile'], command.dir, project)
      : undefined;
  if (found === undefined || read === undefined) return undefined;
  const tasks = justTasks(found.text);
  const copy = chosen === undefined ? justCopy(found, command, project) : undefined;
  const goal = command.words[read.next]?.value ?? Object.keys(tasks)[0] ?? '';
  return ifAny(taskStarts({ file: found.file, tasks, copy }, goal, command, project));
};

/** One that asks where it lies, or reads others beside it, is read in its own place. */
function justCopy(
  { file, text }: { file: string; text: string },
  { words: [program] }: Command,
  project: Project,
): CopySource | undefined {
  if (program === undefined || /justfile|source_|working-directory|^(import|mod)\b/m.test(text))
    return undefined;
  const words = ['-f', '{file}', '-d', '.'];
  const { source, end } = program;
  return fileCopy({ file, line: 1 }, text, { source, start: end, end, words }, project);
}

/** `serve port="8000" *args: build`: its name, and the recipes before it. */
const HEAD =
  /^@?([A-Za-z_][\w-]*)(?:\s+[$+*]*[\w-]+(?:=(?:"[^"]*"|'[^']*'|`[^`]*`|[^\s:]+))?)*\s*:(?!=)\s*([^#]*)/;

function justTasks(text: string): Record<string, Task> {
  const tasks: Record<string, { lines: string[]; starts: number[]; before: string[]; line: number }> = {};
  let current: { lines: string[]; starts: number[] } | undefined;
  let offset = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const start = offset;
    offset += line.length + 1;
    const [, name, before] = HEAD.exec(line) ?? [];
    if (name !== undefined) {
      const own = {
        lines: [],
        starts: [],
        before: (before ?? '')
          .replaceAll(/&&|\([^)]*\)/g, '')
          .split(/\s+/)
          .filter(Boolean),
        line: index + 1,
      };
      tasks[name] = own;
      current = own;
    } else if (/^\s+\S/.test(line)) {
      const own = line
        .trim()
        .replace(/^@-?|^-/, '')
        .replaceAll(/\{\{\s*(\w+)[^}]*\}\}/g, '$$$1');
      current?.lines.push(own);
      current?.starts.push(start + Math.max(0, line.indexOf(own)));
    } else if (line.trim() !== '' && !line.startsWith('#')) current = undefined;
  }
  return tasks;
}
