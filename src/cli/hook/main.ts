import { printAnswer } from './answer.ts';

/** The hook alone, in one file: it runs before every command of an agent. */
void printAnswer(process.argv[2] ?? '', process.env);
