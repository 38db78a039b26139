import { parse, type ParsedScript } from 'unbash';

/** Reads a shell script into its syntax tree. */
export type ParseShell = (text: string) => ParsedScript;

/** In a module of its own: it is most of this program's code, and only package scripts need it. */
export const parseShell: ParseShell = parse;
