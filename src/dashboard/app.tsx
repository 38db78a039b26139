import type { ComponentType, JSX } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { StatusAnswer } from '../protocol/answers/status.ts';
import { forgetToken, isTokenInAddress, takeToken } from './live/access.ts';
import { createApi } from './live/api.ts';
import { followDaemon, type Link } from './live/connection.ts';
import { LiveContext, type Live } from './live/resource.ts';
import { ageText, bytesText } from '../overview/units.ts';
import { Notices, type Notice } from './parts/notices.tsx';
import { DoctorView } from './views/doctor.tsx';
import { LogView } from './views/log.tsx';
import { MetricsView } from './views/metrics.tsx';
import { NowView } from './views/now.tsx';
import { PortsView } from './views/ports.tsx';
import { SessionsView } from './views/sessions.tsx';
import { TimeView } from './views/time.tsx';

interface View {
  readonly title: string;
  readonly view: ComponentType;
}

const NOW: View = { title: 'Now', view: NowView };
const VIEWS: Readonly<Record<string, View>> = {
  now: NOW,
  ports: { title: 'Ports', view: PortsView },
  time: { title: 'Time', view: TimeView },
  sessions: { title: 'Sessions', view: SessionsView },
  log: { title: 'Log', view: LogView },
  doctor: { title: 'Doctor', view: DoctorView },
  metrics: { title: 'Metrics', view: MetricsView },
};

/** How long a message stays. ms */
const NOTICE_MS = 8000;
const CLOCK_MS = 10_000;

export function App(): JSX.Element {
  const [token, setToken] = useState(takeToken);
  const [isDenied, setDenied] = useState(false);
  // The address may be opened again in a tab that shows the page already.
  useAddress(() => {
    if (!isTokenInAddress()) return;
    setToken(takeToken());
    setDenied(false);
  });
  const onDenied = useCallback(() => {
    forgetToken();
    setDenied(true);
  }, []);
  if (isDenied || token === undefined) return <SignIn isWrong={isDenied} />;
  return <SignedIn key={token} token={token} onDenied={onDenied} />;
}

function useAddress(onChange: () => void): void {
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => {
    const follow = (): void => latest.current();
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
}

function SignIn({ isWrong }: { isWrong: boolean }): JSX.Element {
  return (
    <main class="hint">
      <img src="/icon.svg" alt="" width="48" height="48" />
      <h1>Styxy is running</h1>
      <p>
        {isWrong
          ? 'The daemon does not know the token of this tab any more.'
          : 'This page shows nothing until it is signed in.'}{' '}
        Open it from a terminal:
      </p>
      <pre>
        <code>styxy dashboard</code>
      </pre>
    </main>
  );
}

function SignedIn({ token, onDenied }: { token: string; onDenied(): void }): JSX.Element {
  const { live, link, notices, closeNotice } = useDaemon(token, onDenied);
  const [name, setName] = useState(viewInAddress());
  useAddress(() => setName(viewInAddress()));
  const { title, view: View } = VIEWS[name] ?? NOW;
  useEffect(() => {
    document.title = `${title} · Styxy`;
  }, [title]);
  return (
    <LiveContext.Provider value={live}>
      <header>
        <a class="brand" href="#now" aria-label="Styxy">
          <img src="/icon.svg" alt="" width="24" height="24" />
          <span>Styxy</span>
        </a>
        <nav aria-label="Views">
          {Object.entries(VIEWS).map(([key, each]) => (
            <a key={key} href={`#${key}`} aria-current={each.title === title ? 'page' : undefined}>
              {each.title}
            </a>
          ))}
        </nav>
        <LinkState link={link} status={live.status} now={live.now} />
      </header>
      {link === 'lost' && (
        <div class="lost" role="alert">
          <strong>Connection lost.</strong> What you see may be old. The daemon starts with the next command,
          like <code>styxy status</code>.
        </div>
      )}
      <main class={link === 'lost' ? 'stale' : ''}>
        <h1 class="unseen">{title}</h1>
        <View key={name} />
      </main>
      <Notices notices={notices} onClose={closeNotice} />
    </LiveContext.Provider>
  );
}

const viewInAddress = (): string => /^#(\w+)/.exec(location.hash)?.[1] ?? 'now';

function LinkState({
  link,
  status,
  now,
}: {
  link: Link;
  status: StatusAnswer | undefined;
  now: number;
}): JSX.Element {
  const words = { connecting: 'connecting…', live: 'live', lost: 'connection lost' }[link];
  const about = status && [
    `v${status.version}`,
    `up ${ageText(now - status.uptime_ms, now)}`,
    bytesText(status.memory.rss),
  ];
  return (
    <p class={`link ${link}`}>
      <span class="dot" aria-hidden="true" />
      {words}
      {about && <span class="about">{about.join(' · ')}</span>}
    </p>
  );
}

interface Daemon {
  readonly live: Live;
  readonly link: Link;
  readonly notices: readonly Notice[];
  closeNotice(id: number): void;
}

function useDaemon(token: string, onDenied: () => void): Daemon {
  const api = useMemo(() => createApi(token, onDenied), [token, onDenied]);
  const [link, setLink] = useState<Link>('connecting');
  const [status, setStatus] = useState<StatusAnswer>();
  const [version, setVersion] = useState(0);
  const [now, setNow] = useState(Date.now());
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const refresh = useCallback(() => {
    setNow(Date.now());
    setVersion((before) => before + 1);
  }, []);
  const closeNotice = useCallback(
    (id: number) => setNotices((all) => all.filter((notice) => notice.id !== id)),
    [],
  );
  const notify = useCallback(
    (notice: Omit<Notice, 'id'>) => {
      const id = performance.now();
      setNotices((all) => [...all.slice(-3), { ...notice, id }]);
      if (!notice.isFailure) setTimeout(() => closeNotice(id), NOTICE_MS);
    },
    [closeNotice],
  );
  useEffect(
    () =>
      followDaemon(api, {
        onLink(next, answer) {
          setLink(next);
          if (answer) setStatus(answer);
        },
        onChange: refresh,
      }),
    [api, refresh],
  );
  useEffect(() => {
    const clock = setInterval(() => setNow(Date.now()), CLOCK_MS);
    return () => clearInterval(clock);
  }, []);
  const live = useMemo(
    () => ({ api, status, version, now, notify, refresh }),
    [api, status, version, now, notify, refresh],
  );
  return { live, link, notices, closeNotice };
}
