/** Markdown of the reference pages. */

const NOTE = '<!-- Made by `npm run generate` from the code. Change the code, not this page. -->';

export function page(title, intro, ...parts) {
  return `${[`# ${title}`, NOTE, intro, ...parts].join('\n\n')}\n`;
}

export function table(headings, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

/** @param codes error codes or other names */
export function list(codes) {
  return codes.map((code) => `\`${code}\``).join(', ');
}

/** Words in angle brackets would be taken for elements of HTML. */
export function prose(text) {
  return text.replaceAll('<', String.raw`\<`);
}
