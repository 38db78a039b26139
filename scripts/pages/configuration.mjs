import { page, table } from '../markdown.mjs';

/** @param serviceTypes what is in `config/service-types.json` */
export function configurationPage(schemas, serviceTypes) {
  return page(
    'Configuration',
    `Two files, both of which may be missing: the user's \`~/.styxy/config.json\`, and one of the project. Later layers win,
key by key: what is built in, the user's file, the project's, the [environment](environment.md), the options of a command.
\`styxy config show --origin\` says what is in force and who set it, \`styxy config validate\` what is wrong.`,
    '## config.json',
    `An edit is in force at once, unless it says otherwise below; one that is not valid changes nothing, and \`styxy status\`
says why. The JSON Schema is \`config/styxy-user.schema.json\` of the package, and what \`styxy config schema user\` prints.`,
    settingsTable(schemas.user),
    `## The project's file

The nearest of \`styxy.config.{json,yaml,yml,js,mjs,cjs,ts,mts}\`, \`.styxyrc\` (JSON or YAML, or with one of these endings) and
\`"styxy"\` in package.json, from the current folder up to the top of the repository. It is read by the command that needs
it, never by the daemon. TypeScript needs no compiler: types are taken away, not checked. The JSON Schema is
\`config/styxy-project.schema.json\` of the package, and what \`styxy config schema project\` prints.`,
    settingsTable(schemas.project),
    `## Built-in service types

${table(['type', 'ports', 'tried first', 'for'], builtInTypes(serviceTypes))}`,
  );
}

function settingsTable(schema) {
  const rows = [...settingsOf(schema)].map(({ path, spec }) => [
    `\`${path}\``,
    valuesOf(spec),
    'default' in spec ? `\`${JSON.stringify(spec.default)}\`` : '',
    spec.description ?? '',
  ]);
  return table(['setting', 'values', 'default', 'meaning'], rows);
}

/** Every setting once; `<name>` stands where names are free. */
function* settingsOf(schema, prefix = '') {
  for (const [key, spec] of Object.entries(schema.properties ?? {})) {
    const path = `${prefix}${key}`;
    const inner = typeof spec.additionalProperties === 'object' ? spec.additionalProperties : undefined;
    if (inner || !spec.properties) yield { path, spec };
    if (spec.properties) yield* settingsOf(spec, `${path}.`);
    else if (inner?.properties) yield* settingsOf(inner, `${path}.<name>.`);
  }
}

function valuesOf(spec) {
  if (spec.enum) return spec.enum.map((value) => `\`"${value}"\``).join(', ');
  if (spec.anyOf) return spec.anyOf.map(valuesOf).join(', or ');
  if (spec.type === 'array')
    return spec.items?.type ? `list: ${valuesOf(spec.items)}` : 'first and last port';
  if (spec.minimum !== undefined) return `${spec.minimum} to ${spec.maximum}`;
  if (spec.type === 'boolean') return '`true`, `false`';
  if (spec.type === 'string') return 'text';
  const { additionalProperties: each } = spec;
  return each ? `by name: ${each.properties ? 'see below' : valuesOf(each)}` : 'see below';
}

function builtInTypes(types) {
  return Object.entries(types).map(
    ([name, { port_range, preferred_ports, description, instance_behavior }]) => [
      `\`${name}\``,
      port_range.join('-'),
      preferred_ports.join(', '),
      instance_behavior === 'single' ? `${description} (one for everybody)` : description,
    ],
  );
}
