import { widthOf } from '../print/text-width.ts';
import type { ListAnswer } from '../../protocol/answers/ports.ts';
import type { Row } from '../../overview/services.ts';
import type { Context } from '../context.ts';
import type { Picture } from '../screen/app.tsx';
import { doctor, open, planStop, restart, whose, type PlannedStop } from './actions.ts';
import { bodyHeight, compose, type Contents, type Link, type Size, type Styles } from './compose.ts';
import { helpLines } from './panels/help.ts';
import { createNotes, type Note, type Notes } from './notes.ts';
import { openLog } from './panels/open-log.ts';
import { stepOf, type Panel } from './panels/panel.ts';
import { createServiceList, type ServiceList } from './service-list.ts';
import { createTextPanel } from './panels/text-panel.ts';

const KEYS = 'o open  l log  s stop  r restart  w whose  d doctor  / filter  ? help  q quit';

export interface WindowOptions {
  readonly context: Context;
  readonly styles: Styles;
  size(): Size;
  /** There is something else to be seen. */
  changed(): void;
  leave(): void;
  suspend(): void;
}

/** The interactive mode apart from its terminal: keys and answers of the daemon in, pictures out. */
export interface Window {
  onKey(key: string): void;
  onAnswer(answer: ListAnswer): void;
  onLost(): void;
  picture(): Picture;
  close(): void;
}

interface State extends WindowOptions {
  readonly list: ServiceList;
  readonly notes: Notes;
  link: Link;
  panel: Panel | undefined;
  question: PlannedStop | undefined;
  isFiltering: boolean;
  /** How many keys were pressed; raised by the end as well. */
  presses: number;
}

export function createWindow(options: WindowOptions): Window {
  const { context, styles, changed, leave, suspend } = options;
  const state: State = {
    ...options,
    list: createServiceList(context.out.paint, styles.inverse),
    notes: createNotes(changed),
    link: 'connecting',
    panel: undefined,
    question: undefined,
    isFiltering: false,
    presses: 0,
  };
  return {
    onKey(key) {
      if (key === 'ctrl-c') return leave();
      if (key === 'ctrl-z') return suspend();
      state.presses += 1;
      state.notes.clear();
      if (state.question) answerQuestion(state, key);
      else if (state.panel) panelKey(state, state.panel, key);
      else if (state.isFiltering) filterKey(state, key);
      else listKey(state, key);
      changed();
    },
    onAnswer(answer) {
      state.link = 'live';
      state.list.update(answer);
      changed();
    },
    onLost() {
      state.link = 'lost';
      changed();
    },
    picture: () => compose(contentsOf(state), state.size(), styles),
    close() {
      show(state, undefined);
      state.presses += 1;
    },
  };
}

/** Only a y is one. */
function answerQuestion(state: State, key: string): void {
  const { question } = state;
  state.question = undefined;
  if (question && key.toLowerCase() === 'y') state.notes.during('stopping', question.carryOut);
}

function panelKey(state: State, panel: Panel, key: string): void {
  if (panel.onKey(key, bodyHeight(state.size()))) return;
  if (key === 'q') state.leave();
  else if (key === 'escape' || key === 'enter') show(state, undefined);
}

function show(state: State, panel: Panel | undefined): void {
  state.panel?.close();
  state.panel = panel;
}

/**
 * Brings something up that takes a while. After a further key it is dropped: that key was meant for what was seen, and
 * the next one is too. So it is after the end, where a log would be followed for ever.
 */
function bringUp<T>(
  state: State,
  what: string,
  work: () => Promise<T>,
  { take, drop }: { take(brought: T): void; drop?(brought: T): void },
): void {
  const { presses } = state;
  state.notes.during(what, async () => {
    const brought = await work();
    if (state.presses === presses) take(brought);
    else drop?.(brought);
    return undefined;
  });
}

const openPanel = (state: State, what: string, work: () => Promise<Panel>): void =>
  bringUp(state, what, work, { take: (panel) => show(state, panel), drop: (panel) => panel.close() });

function filterKey(state: State, key: string): void {
  const { list } = state;
  const text = list.filter();
  if (key === 'enter') state.isFiltering = false;
  else if (key === 'escape') {
    state.isFiltering = false;
    list.setFilter('');
  } else if (key === 'backspace') list.setFilter(Array.from(text).slice(0, -1).join(''));
  else if (key === 'up' || key === 'down') list.move(key === 'up' ? -1 : 1);
  else if (Array.from(key).length === 1 && widthOf(key) > 0) list.setFilter(text + key);
}

function listKey(state: State, key: string): void {
  const { list } = state;
  const step = stepOf(key, bodyHeight(state.size()));
  if (step !== undefined) list.move(step);
  else if (key === 'q') state.leave();
  else if (key === '/') state.isFiltering = true;
  else if (key === 'escape') list.setFilter('');
  else if (key === '?')
    show(
      state,
      createTextPanel('help', (width) => helpLines(width, state.styles.bold)),
    );
  else if (key === 'd') examine(state);
  else {
    list.move(0);
    const row = list.selected();
    if (row) rowKey(state, key, row);
  }
}

function rowKey(state: State, key: string, row: Row): void {
  const { context, notes, styles, changed } = state;
  const { name, port } = row;
  const { columns } = state.size();
  if (key === 'o') notes.during(`opening ${name} as soon as it listens`, () => open(context, row));
  else if (key === 'w' || key === 'enter')
    openPanel(state, `asking whose port ${port} is`, async () => {
      const lines = await whose(context, row, columns);
      return createTextPanel(`port ${port}`, () => lines);
    });
  else if (key === 's')
    bringUp(state, `looking what ends with ${name}`, async () => planStop(context, ours(row)), {
      take: (question) => void (state.question = question),
    });
  else if (key === 'r') notes.during(`starting ${name} again`, async () => restart(context, ours(row)));
  else if (key === 'l')
    openPanel(state, `opening the log of ${name}`, async () =>
      openLog(context, ours(row), { hit: styles.inverse, changed }),
    );
}

/** What Styxy has not started is not its to end. */
function ours(row: Row): Row {
  if (row.lockId !== undefined) return row;
  throw new Error(`${row.name} was not started by Styxy, which neither ends it nor has its log`);
}

function examine(state: State): void {
  openPanel(state, 'examining this installation', async () => {
    const lines = await doctor(state.context, state.size().columns);
    return createTextPanel('doctor', () => lines);
  });
}

function contentsOf(state: State): Contents {
  const { link, panel, question, notes } = state;
  const { columns, rows } = state.size();
  const height = bodyHeight({ columns, rows });
  const shown = panel
    ? {
        title: panel.title,
        summary: '',
        headings: '',
        body: panel.lines(columns, height),
        prompt: panel.prompt(),
        keys: panel.keys(),
      }
    : listContents(state, columns, height);
  return {
    link,
    note: panel ? undefined : adviceFor(state.list),
    ...shown,
    ...(notes.current() && { note: notes.current() }),
    ...(question && { prompt: `${question.question} y/n` }),
  };
}

function listContents(
  { list, isFiltering }: State,
  columns: number,
  height: number,
): Omit<Contents, 'link' | 'note'> {
  const filter = list.filter();
  return {
    title: 'Styxy',
    summary: list.summary() ?? 'asking the daemon',
    headings: list.headings(columns),
    body: [...list.lines(columns, height), ...emptyWords(list)],
    prompt: isFiltering ? `/${filter}_` : undefined,
    keys: filter === '' ? KEYS : `/${filter}  esc clears it  ${KEYS}`,
  };
}

/** Below what was started without Styxy, where there is room. */
function emptyWords(list: ServiceList): string[] {
  const filter = list.filter();
  if (list.summary() === undefined) return [];
  if (filter !== '') return list.selected() ? [] : ['', `  No service fits "${filter}".`];
  if (!list.isIdle()) return [];
  return [
    '',
    '  Nothing runs with Styxy. It is shown here as soon as something starts:',
    '',
    '    styxy run -- npm run dev     one program, on a port of its own',
    '    styxy up                     all services of a project',
    '    styxy setup                  new here? It looks, and asks before it changes anything',
    '    styxy --help                 all commands',
  ];
}

function adviceFor(list: ServiceList): Note | undefined {
  const row = list.selected();
  return row && row.advice !== '' ? { text: `${row.name}: ${row.advice}`, isProblem: false } : undefined;
}
