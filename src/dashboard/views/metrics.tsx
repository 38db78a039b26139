import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { MetricsAnswer } from '../../protocol/answers/metrics.ts';
import { useAnswer, useLive } from '../live/resource.ts';
import { figuresOf, linePath, quantile, type Bucket, type Sample } from '../model/metrics.ts';
import { durationText } from '../model/time.ts';
import { bytesText } from '../../overview/units.ts';

const MOST_SAMPLES = 240;

/** How the daemon does: how fast it answers, how often ports were in each other's way, how many listen. */
export function MetricsView(): JSX.Element {
  const { status } = useLive();
  const { answer, error } = useAnswer<MetricsAnswer>('/metrics?format=json');
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    if (!answer) return;
    const { sample } = figuresOf(answer, Date.now());
    setSamples((before) => [...before.slice(1 - MOST_SAMPLES), sample]);
  }, [answer]);
  if (!answer) return <p class="empty">{error || 'Asking the daemon…'}</p>;
  const figures = figuresOf(answer, 0);
  const { leases, external } = figures.sample;
  return (
    <div class="cards">
      <Card title="Leases" value={String(leases)} note="since this view was opened">
        <Line values={samples.map((each) => each.leases)} label={`Leases over time, ${leases} now`} />
      </Card>
      <Card title="External listeners" value={String(external)} note="since this view was opened">
        <Line
          values={samples.map((each) => each.external)}
          label={`External listeners over time, ${external} now`}
        />
      </Card>
      <Latency buckets={figures.allocation} />
      <Card title="Grants" value={String(figures.grants)} note="since the daemon started" />
      <Card title="Conflicts" value={String(figures.conflicts)} note="ports that an outsider held" />
      <Card title="Drifts" value={String(figures.drifts)} note="programs on another port than their lease" />
      <Card title="Refusals" value={String(figures.refusals)} note="requests for a port that were refused" />
      {status && <Card title="Memory" value={bytesText(status.memory.rss)} note="of the daemon" />}
    </div>
  );
}

interface CardProps {
  readonly title: string;
  readonly value: string;
  readonly note: string;
  readonly children?: JSX.Element;
}

function Card({ title, value, note, children }: CardProps): JSX.Element {
  return (
    <section class="card">
      <h2>{title}</h2>
      <p class="big">{value}</p>
      <p class="small muted">{note}</p>
      {children}
    </section>
  );
}

function Line({ values, label }: { values: readonly number[]; label: string }): JSX.Element {
  return (
    <svg class="spark" viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label={label}>
      <path class="area" d={linePath(values, true)} />
      <path d={linePath(values)} />
    </svg>
  );
}

function Latency({ buckets }: { buckets: readonly Bucket[] }): JSX.Element {
  const [half, most] = [quantile(buckets, 0.5), quantile(buckets, 0.99)];
  const text = (bound: number | undefined): string =>
    bound === undefined
      ? 'no grant yet'
      : bound === Infinity
        ? 'above the last bound'
        : `≤ ${durationText(bound)}`;
  const top = Math.max(1, ...buckets.map(({ count }) => count));
  const width = 100 / Math.max(1, buckets.length);
  return (
    <Card title="Time to a port" value={text(half)} note={`half of all grants; 99 of 100: ${text(most)}`}>
      <svg
        class="spark"
        viewBox="0 0 100 40"
        preserveAspectRatio="none"
        role="img"
        aria-label={`Half of all grants took ${text(half)}, 99 of 100 ${text(most)}`}
      >
        {buckets.map(({ upTo, count }, at) => (
          <rect
            key={upTo}
            x={at * width + 0.5}
            width={width - 1}
            y={40 - (count / top) * 38}
            height={(count / top) * 38}
          />
        ))}
      </svg>
    </Card>
  );
}
