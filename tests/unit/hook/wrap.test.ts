import { describe, expect, test } from 'vitest';
import { wrapped } from './support.ts';

const W = 'styxy run -- ';

describe('a server is wrapped where it stands', () => {
  test.each([
    ['alone', 'serve', '@serve'],
    [
      'with arguments, quotes and redirections',
      `serve -p "30 00" 'a b' > log 2>&1 &`,
      `@serve -p "30 00" 'a b' > log 2>&1 &`,
    ],
    ['after assignments', 'A=1 B="x y" serve', 'A=1 B="x y" @serve'],
    ['after a redirection', '> log serve', '> log @serve'],
    ['in a list', 'make && serve; echo done || serve', 'make && @serve; echo done || @serve'],
    ['in a pipeline', 'serve 2>&1 | tee log', '@serve 2>&1 | tee log'],
    ['in a subshell', '(cd web && serve) &', '(cd web && @serve) &'],
    ['in braces', '{ serve; }', '{ @serve; }'],
    ['in a condition', 'if true; then serve; else serve -x; fi', 'if true; then @serve; else @serve -x; fi'],
    ['in a loop', 'for i in 1 2; do serve $i & done', 'for i in 1 2; do @serve $i & done'],
    ['in a case', 'case $1 in a) serve ;; esac', 'case $1 in a) @serve ;; esac'],
    ['in a function', 'f() { serve; }; f', 'f() { @serve; }; f'],
    ['in a substitution', 'echo $(serve)', 'echo $(@serve)'],
    ['in a substitution with quotes', 'echo "$(serve "a")"', 'echo "$(@serve "a")"'],
    ['on a line of its own', 'cd web\nserve\\\n  -p 1\n', 'cd web\n@serve\\\n  -p 1\n'],
    ['behind text that is not ASCII', 'echo "größe 🚀" && serve', 'echo "größe 🚀" && @serve'],
    [
      'after nohup, timeout, nice, env',
      'nohup timeout -k 5 30 nice -n 5 env A=1 serve &',
      'nohup timeout -k 5 30 nice -n 5 env A=1 @serve &',
    ],
    ['after stdbuf and setsid', 'setsid -f stdbuf -oL -e0 serve', 'setsid -f stdbuf -oL -e0 @serve'],
    ['after exec and command', 'exec command serve', 'exec command @serve'],
    ['after time and !', '! time serve', '! time @serve'],
    ['in a text that eval reads', `eval "A=1 serve"`, `eval "A=1 @serve"`],
    [
      'in a text that tmux runs',
      `tmux new-session -d -s dev 'cd web && serve'`,
      `tmux new-session -d -s dev 'cd web && @serve'`,
    ],
    [
      'in a text that tmux types',
      `tmux send-keys -t dev 'serve -p 1' Enter`,
      `tmux send-keys -t dev '@serve -p 1' Enter`,
    ],
    [
      'in words that tmux starts',
      'tmux new -d -s dev -c web serve -p 1',
      'tmux new -d -s dev -c web @serve -p 1',
    ],
    ['in a screen session', 'screen -dmS dev serve -p 1', 'screen -dmS dev @serve -p 1'],
    ['in a text that script runs', `script -qc 'serve -p 1' /dev/null`, `script -qc '@serve -p 1' /dev/null`],
    ['in words that script runs', 'script -q /dev/null serve', 'script -q /dev/null @serve'],
    ['in a heredoc line that follows', 'serve <<EOF\nserve\nEOF\nserve', '@serve <<EOF\nserve\nEOF\n@serve'],
  ])('%s', (_, text, expected) => {
    expect(wrapped(text)).toBe(expected.replaceAll('@', W));
  });
});

describe('a line stays as it is', () => {
  test.each([
    ['when nothing in it serves', 'ls -la && npm test'],
    ['when it only speaks of a server', 'echo serve; grep serve a.txt; git commit -m "serve"; # serve'],
    [
      'when the server is wrapped already',
      'styxy run -- serve; npx styxy run --name web -- serve; node_modules/.bin/styxy run -- serve',
    ],
    ['when the wrapper is switched off', 'STYXY=0 serve; export STYXY=0; serve'],
    ['when timeout has an option that is not known', 'timeout --what 30 serve'],
    ['when the quotes of a text have escapes', String.raw`eval "serve \"x\""`],
    ['when tmux only shows', 'tmux attach -t serve; tmux ls; tmux new -s serve; screen -r serve; screen -ls'],
    ['when screen has an option that is not known', 'screen -S dev -Q select serve'],
    ['when it goes to another machine', `ssh host 'serve'`],
  ])('%s', (_, text) => {
    expect(wrapped(text)).toBe(text);
  });

  test('inside of quotes when the path of the wrapper needs quotes itself', () => {
    expect(wrapped(`eval 'serve'; serve`, `'/a b/styxy' run -- `)).toBe(
      `eval 'serve'; '/a b/styxy' run -- serve`,
    );
  });
});
