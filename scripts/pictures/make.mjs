/** Each picture of the docs by its name: made from a real run, as the files that show it. */
import getPort from 'get-port';
import { photograph } from './browser.mjs';
import { record } from './record.mjs';
import { DASHBOARD } from './scenarios/dashboard.mjs';
import { TERMINALS } from './scenarios/terminals.mjs';
import { openStage } from './stage.mjs';
import { drawSvg } from './svg.mjs';

/** Its message says which programs of this machine a picture would show. */
export class OutsidersListen extends Error {}

export const NAMES = [...Object.keys(TERMINALS), 'dashboard'];

/**
 * @param {string} name one of NAMES
 * @param {readonly [number, number]} [ports] the only ones to use
 * @returns {Promise<Record<string, string | Buffer>>} files by their path in the repository
 * @throws {OutsidersListen} where the network is not our own
 */
export async function makePicture(name, ports) {
  const scenario = TERMINALS[name] ?? DASHBOARD;
  // The dashboard needs the daemon's TCP port.
  const variables = { STYXY_HTTP_PORT: scenario === DASHBOARD ? String(await getPort()) : '0' };
  const stage = openStage(scenario, { variables, ports });
  try {
    const files = await (scenario === DASHBOARD ? photographs(stage) : drawings(name, scenario, stage));
    refuseOutsiders(stage);
    for (const [file, content] of Object.entries(files))
      if (String(content).includes(stage.place)) throw new Error(`${file} shows a path of this machine`);
    return files;
  } finally {
    stage.close();
  }
}

/** A picture that moves is also there as its end, for readers who want nothing to move. */
async function drawings(name, scenario, stage) {
  const frames = await record(scenario, stage);
  return {
    [`docs/pictures/${name}.svg`]: drawSvg(frames, scenario.columns),
    ...(frames.length > 1 && {
      [`docs/pictures/${name}-still.svg`]: drawSvg(frames.slice(-1), scenario.columns),
    }),
  };
}

async function photographs(stage) {
  const { text, images } = await photograph(DASHBOARD, stage);
  return {
    'docs/pictures/dashboard-light.webp': images.light,
    'docs/pictures/dashboard-dark.webp': images.dark,
    // A photograph can't be asked what it says.
    'scripts/pictures/dashboard.txt': `${text.replaceAll(/\n{2,}/g, '\n').trim()}\n`,
  };
}

/** Asked when all is done: an earlier question would start the daemon that the picture shows being started. */
function refuseOutsiders({ call }) {
  const { external } = JSON.parse(call(['list', '--json']));
  if (external.length === 0) return;
  const ports = [...new Set(external.map(({ port }) => port))].join(', ');
  throw new OutsidersListen(
    `other programs listen on ${ports}, which the pictures would show: end them, or allow \`unshare --user --net\``,
  );
}
