import { describe, expect, it } from 'vitest';
import { type Adapter, matchAdapter } from '../../../src/tools/adapter.ts';
import { ADAPTERS } from '../../../src/tools/adapters/registry.ts';
import { readInvocation } from '../../../src/tools/invocation.ts';
import { toolEdits } from '../../../src/tools/port-edits.ts';
import { commandsOf } from '../../../src/tools/script.ts';
import { parseShell } from '../../../src/tools/shell-parser.ts';
import { editScript, type ScriptSource } from '../../../src/tools/word.ts';

const flask: Adapter = {
  name: 'flask',
  serviceType: 'api',
  programs: ['flask', 'python -m flask'],
  subcommands: ['run'],
  values: ['--app'],
  port: { kind: 'variable', name: 'FLASK_RUN_PORT' },
};

function withFlask(text: string): { label: string | undefined; to: string | undefined } {
  const source: ScriptSource = { kind: 'script', name: 'dev', text, writable: true };
  const command = commandsOf(source, '.', parseShell)[0]!;
  const invocation = readInvocation(command.words);
  const match = invocation && matchAdapter([flask], invocation);
  return { label: match?.label, to: match && editScript(source, toolEdits(match, command).edits(3456)) };
}

describe('a tool that takes its port from a variable', () => {
  it('is recognised behind its options, and as a Python module', () => {
    expect(withFlask('flask --app web run').label).toBe('flask run');
    expect(withFlask('python3 -m flask --app web run').label).toBe('python3 -m flask run');
    expect(withFlask('flask --app run shell').label).toBeUndefined();
  });

  it('keeps its arguments, but not the number that its command puts in the variable', () => {
    expect(withFlask('flask run').to).toBe('flask run');
    expect(withFlask('FLASK_RUN_PORT=5000 flask run').to).toBe('FLASK_RUN_PORT=3456 flask run');
    expect(withFlask('FLASK_RUN_PORT=$X flask run').to).toBe('FLASK_RUN_PORT=$X flask run');
  });
});

describe('the registry', () => {
  it('has each name and each program once', () => {
    const names = ADAPTERS.map((adapter) => adapter.name);
    const programs = ADAPTERS.flatMap((adapter) => adapter.programs);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(programs).size).toBe(programs.length);
  });

  it('knows of each port flag that it takes the next word', () => {
    for (const { port, values } of ADAPTERS) {
      if (port.kind === 'flag') expect(values).toEqual(expect.arrayContaining([...port.names]));
    }
  });
});
