import { type Command, Option } from 'commander';

/** `--service` says the same as `--type`, of every command that has it. */
export function acceptServiceForType(command: Command): void {
  if (command.options.some(({ long }) => long === '--type')) {
    command.addOption(new Option('--service <type>', 'the same as --type').hideHelp());
    command.on('option:service', (type: string) => command.setOptionValueWithSource('type', type, 'cli'));
  }
  command.commands.forEach(acceptServiceForType);
}
