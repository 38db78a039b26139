import { printAnswer } from './answer.ts';

/** The hook alone, in one file: it runs before every command of an agent, started by `start.ts`. What it asked for in vain is not waited for. */
void printAnswer(process.argv[2] ?? '', process.env).then((code) => process.exit(code));
