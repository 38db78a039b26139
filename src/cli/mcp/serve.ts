import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  type Tool as WireTool,
} from '@modelcontextprotocol/sdk/types.js';
import * as v from 'valibot';
import { StyxyError } from '../../base/styxy-error.ts';
import { VERSION } from '../../protocol/version.ts';
import { asJsonSchema } from '../../settings/json-schema.ts';
import type { Context } from '../context.ts';
import { asStyxyError } from '../print/error.ts';
import { currentSession } from './session.ts';
import { inFolder, type Tool, TOOLS } from './tools.ts';

const INSTRUCTIONS =
  'Styxy gives every dev server of this machine a port of its own. Start servers with `ensure` and use the URL that it returns; ' +
  "never guess a port, and never end a program to get its port. `stop` ends this session's servers only.";

/** Answers an agent until it closes stdin and all that it asked is answered. Nothing but the protocol is written to stdout. */
export async function execute(context: Context): Promise<0> {
  const server = new Server(
    { name: 'styxy', title: 'Styxy', version: VERSION },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: TOOLS.map(describe) }));
  const calls = new Set<Promise<CallToolResult>>();
  server.setRequestHandler(CallToolRequestSchema, ({ params: { name, arguments: input = {} } }) => {
    const call = answer(name, input, context, () => server.getClientVersion()?.name ?? 'mcp');
    calls.add(call);
    return call.finally(() => calls.delete(call));
  });
  const ended = once(process.stdin, 'end');
  const transport = new StdioServerTransport();
  Object.assign(server, {
    onerror: (error: Error) => {
      const refusal = refusalOf(error);
      if (refusal) void transport.send({ jsonrpc: '2.0', error: refusal });
    },
  });
  if (process.stdin.isTTY)
    context.out.note(
      'styxy: an agent starts this and speaks to it over stdin: claude mcp add styxy -- styxy mcp; Ctrl-D ends it',
    );
  await server.connect(transport);
  await ended;
  // What came last is handed to its handler, and what is done to the transport, a moment later.
  await setImmediate();
  await Promise.all(calls);
  await setImmediate();
  await server.close();
  return 0;
}

/** What is said to a line that is no message, as JSON-RPC has it. Without an id: it could not be read. */
function refusalOf({ name }: Error): { code: ErrorCode; message: string } | undefined {
  if (name === 'SyntaxError') return { code: ErrorCode.ParseError, message: 'Parse error: not JSON' };
  return name === 'ZodError'
    ? { code: ErrorCode.InvalidRequest, message: 'Invalid Request: no message of JSON-RPC 2.0' }
    : undefined;
}

function describe({ name, description, input, output, isReader, ends = false }: Tool): WireTool {
  return {
    name,
    description,
    inputSchema: schemaOf(input) as WireTool['inputSchema'],
    outputSchema: schemaOf(output) as WireTool['outputSchema'],
    annotations: { readOnlyHint: isReader, destructiveHint: ends, openWorldHint: false },
  };
}

const schemaOf = (schema: v.GenericSchema): object => {
  const { $schema: _, ...rest } = asJsonSchema(schema);
  return rest;
};

async function answer(
  name: string,
  input: Record<string, unknown>,
  context: Context,
  client: () => string,
): Promise<CallToolResult> {
  try {
    const tool = TOOLS.find((each) => each.name === name);
    if (!tool) throw new StyxyError('USAGE', `there is no tool "${name}"`, { hint: toolNames() });
    const place = inFolder(context, input.directory);
    const session = () => currentSession(context, client());
    const found = await tool.run(readInput(tool, input), { context: place, session });
    return { structuredContent: { ...found }, content: [{ type: 'text', text: JSON.stringify(found) }] };
  } catch (thrown) {
    return { isError: true, content: [{ type: 'text', text: inWords(asStyxyError(thrown)) }] };
  }
}

/** @throws StyxyError USAGE */
function readInput({ name, input: schema }: Tool, given: Record<string, unknown>): unknown {
  const known = Object.keys((schema as v.ObjectSchema<v.ObjectEntries, undefined>).entries);
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  const { success, issues, output } = v.safeParse(schema, given);
  if (success && unknown.length === 0) return output;
  const [issue] = issues ?? [];
  const what = issue
    ? `${v.getDotPath(issue) ?? 'the input'}: ${issue.message}`
    : `${unknown[0]} is not known`;
  throw new StyxyError('USAGE', `tool ${name} can't be called so: ${what}`, {
    hint: `it takes ${known.join(', ')}`,
  });
}

const toolNames = (): string => `there are ${TOOLS.map(({ name }) => name).join(', ')}`;

function inWords({ code, message, why, hint }: StyxyError): string {
  return [`error[${code}]: ${message}`, why && `why: ${why}`, `try: ${hint}`].filter(Boolean).join('\n');
}
