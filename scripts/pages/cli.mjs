import { page, prose, table } from '../markdown.mjs';

export function commandsPage({ createProgram }) {
  const program = createProgram({}, () => undefined);
  const leaves = (command) => (command.commands.length > 0 ? command.commands.flatMap(leaves) : [command]);
  const all = leaves(program);
  return page(
    'Commands',
    `\`styxy <command> --help\` says the same on the terminal. Data goes to stdout, notes and errors to stderr. With
\`--json\` stdout holds one JSON document and nothing else; \`styxy run --json\` leaves stdout to the command it runs and
writes its document to stderr.`,
    ...all.map(describeCommand),
  );
}

function describeCommand(command) {
  const help = command.createHelp();
  const options = help.visibleOptions(command).filter((option) => option.long !== '--help');
  const rows = options.map((option) => [`\`${option.flags}\``, prose(help.optionDescription(option))]);
  return [
    `## ${namesOf(command).join(' ')}`,
    help.commandDescription(command),
    `\`\`\`\n${help.commandUsage(command).replaceAll(/^ +/gm, '')}\n\`\`\``,
    ...(rows.length > 0 ? [table(['option', 'meaning'], rows)] : []),
    ...examplesOf(command),
  ].join('\n\n');
}

function namesOf(command) {
  return command.parent ? [...namesOf(command.parent), command.name()] : [command.name()];
}

/** Commander keeps what was given to addHelpText to itself: only a printed help shows it. */
function examplesOf(command) {
  let text = '';
  command.configureOutput({ writeOut: (chunk) => (text += chunk) });
  command.outputHelp();
  const [, examples] = /\nExamples?:\n((?: +\$ .+\n?)+)/.exec(text) ?? [];
  return examples ? [`\`\`\`sh\n${examples.trim().replaceAll(/^ *\$ /gm, '')}\n\`\`\``] : [];
}
