import { pathToFileURL } from 'node:url';
import { BIN, startProgram, type StartOptions } from './home.ts';

const LIBRARY = new URL('../dist/index.js', pathToFileURL(BIN)).href;

/** A module's text, with the built library at hand. */
export const withLibrary = (text: string): string =>
  `import { acquirePort, StyxyError, withPort } from '${LIBRARY}';\n${text}`;

/**
 * Runs the body of an async function in a process of its own, with the built library at hand.
 * @returns what the function returns; the code, text and reason of a StyxyError that it throws
 */
export async function askLibrary<Answer>(body: string, options: StartOptions): Promise<Answer> {
  const program = withLibrary(`
    const portOf = ({ port }) => port;
    const codeOf = (error) => {
      if (!(error instanceof StyxyError)) throw error;
      return { code: error.code, message: error.message, why: error.why };
    };
    const answer = await (async () => { ${body} })().catch(codeOf);
    console.log(JSON.stringify(answer));`);
  const words = [process.execPath, '--input-type=module', '--eval', program];
  const exit = await startProgram(words, options).finished();
  if (exit.code !== 0) throw new Error(exit.story);
  return JSON.parse(exit.stdout) as Answer;
}
