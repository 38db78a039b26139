import { stripVTControlCharacters } from 'node:util';
import { eastAsianWidth } from 'get-east-asian-width';

/** What a terminal shows in one place: a letter with its accents, an emoji with its parts. */
interface Glyph {
  text: string;
  /** Columns of the terminal. */
  width: number;
}

const PLAIN = /^[\u0020-\u007e\u2026]*$/;
/** Accents, joiners and other signs without a place of their own (general categories Mn, Me, Cf). */
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const JOINER = '\u200d';
/** Asks for the coloured form of a sign that has one: two columns. */
const EMOJI_FORM = '\ufe0f';
const SKIN_TONE = /^[\u{1f3fb}-\u{1f3ff}]$/u;

/** Columns of the terminal that a text takes: two for each CJK letter and emoji, none for accents and colour codes. */
export function widthOf(text: string): number {
  const visible = stripVTControlCharacters(text);
  if (PLAIN.test(visible)) return visible.length;
  return glyphsOf(visible).reduce((sum, { width }) => sum + width, 0);
}

/** As much of the text as `room` columns hold, from its start. */
export function startOf(text: string, room: number): string {
  return PLAIN.test(text) ? text.slice(0, room) : take(glyphsOf(text), room).join('');
}

/** The same from its end. */
export function endOf(text: string, room: number): string {
  if (PLAIN.test(text)) return text.slice(Math.max(0, text.length - room));
  return take(glyphsOf(text).toReversed(), room).toReversed().join('');
}

function take(glyphs: readonly Glyph[], room: number): string[] {
  let used = 0;
  const tooMany = glyphs.findIndex(({ width }) => (used += width) > room);
  return glyphs.slice(0, tooMany < 0 ? glyphs.length : tooMany).map(({ text }) => text);
}

/** Simpler than Unicode's grapheme clusters, whose tables (Intl.Segmenter) take 10 ms to load. */
function glyphsOf(text: string): Glyph[] {
  const glyphs: Glyph[] = [];
  let isJoined = false;
  for (const sign of text) {
    const last = glyphs.at(-1);
    if (last && (isJoined || ZERO_WIDTH.test(sign) || (last.width === 2 && SKIN_TONE.test(sign)))) {
      last.text += sign;
      if (sign === EMOJI_FORM) last.width = 2;
    } else {
      const width = ZERO_WIDTH.test(sign) ? 0 : eastAsianWidth(sign.codePointAt(0)!);
      glyphs.push({ text: sign, width });
    }
    isJoined = sign === JOINER;
  }
  return glyphs;
}
