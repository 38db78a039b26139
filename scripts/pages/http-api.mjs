import { list, page, table } from '../markdown.mjs';
import { declarationsOf } from './shapes.mjs';

/** @param document the OpenAPI document */
export function httpPage({ ANSWERS, COMMON_ERRORS, EVENTS, REASONS }, document) {
  const operations = operationsOf(document, ANSWERS, COMMON_ERRORS);
  const rows = operations.map(({ method, path, summary }) => [`\`${method} ${path}\``, summary]);
  return page(
    'HTTP API',
    `The daemon answers on the Unix socket \`~/.styxy/daemon.sock\`, which only its owner can open, and on
\`http://127.0.0.1:9876\`, where every request needs the token of \`~/.styxy/auth.token\`:

\`\`\`sh
curl --silent --unix-socket ~/.styxy/daemon.sock http://localhost/status
curl --silent -H "Authorization: Bearer $(cat ~/.styxy/auth.token)" http://127.0.0.1:9876/status
\`\`\`

Bodies and answers are JSON. A failure is \`{"success": false, "error": {"code", "message", "why", "hint", "details"}}\` with
one of the [error codes](errors.md); every route may answer ${list(COMMON_ERRORS)}. Names that the daemon does not know are
passed over. \`GET /openapi.json\` says all of this to programs, as OpenAPI 3.1.`,
    table(['route', 'what for'], rows),
    ...operations.map(describeOperation),
    `## Held leases

With \`"hold": true\` the answer to \`POST /allocate\` stays open, as \`application/x-ndjson\`: its first line is the lease, later
lines are events of this lease. The lease lives as long as the connection. If the client dies, the program that it has named by
\`PATCH /allocate/{lockId}\` is ended; if it has only closed the connection, not. Without \`hold\` the lease ends with the process
\`process_id\`, or after \`ttl_ms\` (10 minutes when neither is given), unless the port is in use then.

A request that is sent again with the same \`request_id\` gets the same lease, so that a retry never costs a second port.`,
    `## Events

Each event of \`GET /events\` has its name in the \`event:\` line and its facts as JSON in the \`data:\` line. The first one is
\`hello\`, with the daemon's version. The audit log keeps all but \`bound\`, under the same names.`,
    table(
      ['event', 'what happened'],
      Object.entries(EVENTS).map(([name, about]) => [`\`${name}\``, about]),
    ),
    `## Reasons

Each lease says in \`reason\` why it has its port: a \`code\`, and a \`text\` for people that names the holder of the port that
comes first for the request, which is \`instead_of\`.`,
    table(
      ['code', 'when'],
      Object.entries(REASONS).map(([code, when]) => [`\`${code}\``, when]),
    ),
    `## Shapes

\`\`\`ts
${declarationsOf(document.components.schemas).join('\n\n')}
\`\`\``,
  );
}

/** The routes of the document, but for the page at `/`. */
function operationsOf({ paths }, answers, common) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { operationId }]) => operationId in answers)
      .map(([method, operation]) => ({
        ...operation,
        method: method.toUpperCase(),
        path,
        errors: errorsOf(operation, common),
        example: answers[operation.operationId].example ?? {},
      })),
  );
}

function errorsOf({ responses }, common) {
  const refusals = Object.entries(responses).filter(([status]) => status !== '200');
  return refusals
    .flatMap(([, { description }]) => description.split(', '))
    .filter((code) => !common.includes(code));
}

function describeOperation(operation) {
  const { method, path, summary, parameters = [], requestBody, responses, errors } = operation;
  const rows = parameters.map(({ name, in: place, description = '', schema = {}, content }) => [
    place === 'path' ? `\`{${name}}\`` : `\`?${name}=\``,
    content
      ? `\`${nameOf(content['application/json'].schema)}\` as JSON`
      : [description, ...limitsOf(schema)].filter(Boolean).join('; '),
  ]);
  const answers = Object.entries(responses[200].content).map(
    ([media, { schema }]) =>
      `${answerWords(schema)}${media === 'application/json' ? '' : ` as \`${media}\``}`,
  );
  const facts = [
    requestBody && `The body is \`${nameOf(requestBody.content['application/json'].schema)}\`.`,
    `The answer is ${answers.join(', or ')}.`,
    errors.length > 0 && `It may be refused with ${list(errors)}.`,
  ].filter(Boolean);
  return [
    `### ${method} ${path}`,
    `${summary[0].toUpperCase()}${summary.slice(1)}. ${facts.join(' ')}`,
    ...(rows.length > 0 ? [table(['parameter', 'meaning'], rows)] : []),
    `\`\`\`sh\n${curlFor(operation)}\n\`\`\``,
  ].join('\n\n');
}

const nameOf = ({ $ref = '' }) => $ref.split('/').at(-1);

function answerWords(schema) {
  if (schema.$ref) return `\`${nameOf(schema)}\``;
  return schema.type === 'object' ? 'a document' : 'text';
}

function limitsOf({ minimum, maximum, enum: values }) {
  if (values) return [values.map((value) => `\`${value}\``).join(', ')];
  return maximum === undefined ? [] : [`${minimum} to ${maximum}`];
}

/** Without an example of its own, a route's parameters are variables: `$LOCK_ID` for `{lockId}`. */
function curlFor({ method, path, responses, example }) {
  const variable = (_, parameter) => `$${parameter.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`;
  const target = example.path ?? path.replaceAll(/\{(\w+)\}/g, variable);
  const words = ['curl', '--silent'];
  if ('text/event-stream' in responses[200].content) words.push('--no-buffer');
  words.push('--unix-socket ~/.styxy/daemon.sock');
  if (method !== 'GET') words.push(`-X ${method}`);
  const url = `"http://localhost${target}"`;
  if (!example.body) return [...words, url].join(' ');
  const json = JSON.stringify(example.body);
  return `${words.join(' ')} \\\n  -H 'Content-Type: application/json' -d '${json}' ${url}`;
}
