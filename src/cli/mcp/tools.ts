import type * as v from 'valibot';
import { resolve } from 'node:path';
import { ownTypeIn } from '../../project/own-types.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import { describeHolder } from '../inspect/whose.ts';
import { lastLines } from '../services/logs.ts';
import { waitFor } from '../services/wait.ts';
import { ensure } from './ensure.ts';
import { release, stop } from './own.ts';
import * as schemas from './schemas.ts';
import type { Session } from './session.ts';

/** What a tool works with. */
export interface Call {
  /** In the folder that was named. */
  context: Context;
  session(): Promise<Session>;
}

export interface Tool {
  name: string;
  description: string;
  input: v.GenericSchema;
  output: v.GenericSchema;
  /** It changes nothing. */
  isReader: boolean;
  /** It ends something. */
  ends?: boolean;
  run(input: unknown, call: Call): Promise<object>;
}

/** Binds the types of the two schemas to each other; what a client sends has been checked when `run` is called. */
function tool<Input extends v.GenericSchema, Output extends v.GenericSchema>(
  about: Omit<Tool, 'input' | 'output' | 'run'> & {
    input: Input;
    output: Output;
    run(input: v.InferOutput<Input>, call: Call): Promise<v.InferOutput<Output> & object>;
  },
): Tool {
  return about;
}

const DEFAULT_LINES = 50;
const DEFAULT_TIMEOUT_S = 30;

export const TOOLS: readonly Tool[] = [
  tool({
    name: 'ensure',
    description:
      'Make sure that a dev server of this worktree runs in the background, on a port of its own, and get its URL. Asked again it ' +
      'starts no second one. It ends with the session.',
    input: schemas.ensureInput,
    output: schemas.ensureOutput,
    isReader: false,
    run: async (input, { context, session }) => ensure(context, await session(), input),
  }),
  tool({
    name: 'list',
    description: 'The servers of this worktree (or of all): port, URL, state, who runs them.',
    input: schemas.listInput,
    output: schemas.listOutput,
    isReader: true,
    run: async ({ all }, { context: { coordinator, cwd } }) =>
      all
        ? coordinator.list()
        : { ...(await coordinator.list({ project: findWorktree(cwd).path })), external: [] },
  }),
  tool({
    name: 'whose',
    description: 'Who has a port: worktree, branch, session, command, process, since when.',
    input: schemas.portInput,
    output: schemas.whoseOutput,
    isReader: true,
    run: async ({ port }, { context }) => describeHolder(await context.coordinator.check(port)),
  }),
  tool({
    name: 'check',
    description: 'Whether a port is free, and if not, why.',
    input: schemas.portInput,
    output: schemas.checkOutput,
    isReader: true,
    run: ({ port }, { context }) => context.coordinator.check(port),
  }),
  tool({
    name: 'allocate',
    description:
      'Lease a port without starting anything, for a program that you start yourself and tell the port. To start a dev server use ' +
      '`ensure`.',
    input: schemas.allocateInput,
    output: schemas.allocateOutput,
    isReader: false,
    run: allocate,
  }),
  tool({
    name: 'release',
    description: 'Give a leased port back. To end a server use `stop`.',
    input: schemas.releaseInput,
    output: schemas.releaseOutput,
    isReader: false,
    ends: true,
    run: async ({ lease, confirm = false }, { context, session }) =>
      release(context, await session(), { what: lease, confirm }),
  }),
  tool({
    name: 'wait',
    description: 'Wait until a service or a port listens, and get its URL.',
    input: schemas.waitInput,
    output: schemas.waitOutput,
    isReader: true,
    async run({ service, timeout = DEFAULT_TIMEOUT_S }, { context }) {
      const { port, url, drift } = await waitFor(context, service, timeout * 1000);
      return { port, url, ready: true as const, ...(drift !== undefined && { note: drift }) };
    },
  }),
  tool({
    name: 'logs',
    description: 'The last lines that a service in the background has printed.',
    input: schemas.logsInput,
    output: schemas.logsOutput,
    isReader: true,
    async run({ service, lines = DEFAULT_LINES }, { context }) {
      const { from: _, ...found } = await lastLines(context, service, lines);
      return found;
    },
  }),
  tool({
    name: 'stop',
    description: 'End a server of this session, with all that it has started.',
    input: schemas.stopInput,
    output: schemas.stopOutput,
    isReader: false,
    ends: true,
    run: async ({ service, confirm = false }, { context, session }) =>
      stop(context, await session(), { what: service, confirm }),
  }),
];

async function allocate(input: v.InferOutput<typeof schemas.allocateInput>, { context, session }: Call) {
  const { coordinator, cwd } = context;
  const { directory: _, service_type: type = 'dev', ttl, ...wishes } = input;
  const { path, branch } = findWorktree(cwd);
  return coordinator.allocate({
    ...wishes,
    service_type: type,
    project_path: path,
    branch: branch ?? undefined,
    instance_id: (await session()).id,
    ...(ttl !== undefined && { ttl_ms: ttl * 1000 }),
    service_type_definition: await ownTypeIn(cwd, path, type, context.looking),
  });
}

/** The context in the folder that a call names. */
export function inFolder(context: Context, directory: unknown): Context {
  return typeof directory === 'string' ? { ...context, cwd: resolve(context.cwd, directory) } : context;
}
