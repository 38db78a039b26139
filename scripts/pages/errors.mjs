import { page, prose, table } from '../markdown.mjs';
import { MEANINGS } from './error-meanings.mjs';

export function errorsPage({ ERRORS }) {
  const rows = Object.entries(ERRORS)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { exit, http, hint }]) => [
      `[\`${code}\`](#${code.toLowerCase()})`,
      exit,
      http,
      prose(hint),
    ]);
  const meanings = Object.keys(ERRORS)
    .toSorted()
    .flatMap((code) => [`## ${code}`, MEANINGS[code] ?? `${prose(ERRORS[code].hint)}.`]);
  return page(
    'Errors',
    `Every failure of Styxy's own is printed to stderr as \`styxy: error[CODE]: what happened\`, with a \`why:\` a \`try:\` and a \`see:\`
line; the last one leads to this page. Programs get the same as JSON: \`{"success": false, "error": {"code", "message", "why", "hint", "docs", "details"}}\`, from
\`--json\` and over HTTP. \`styxy run\` otherwise ends with the exit code or the signal of the command it ran.`,
    table(['code', 'exit code', 'HTTP status', 'what to try, unless the message knows better'], rows),
    ...meanings,
  );
}
