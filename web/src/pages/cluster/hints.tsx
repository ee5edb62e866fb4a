/** What is to be mended elsewhere, and how. */
import type { ClusterAnswer } from '../../../../src/shapes/cluster.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { LabelChip } from '../../parts/label-chip.tsx';
import { Notice } from '../../parts/notice.tsx';

export function Hints({ hints }: Pick<ClusterAnswer, 'hints'>) {
  return (
    <>
      {hints.map(({ label, values, alerts, example, text, prometheusConfig }) => (
        <Notice
          key={label}
          kind="warning"
          title={`${alerts} ${alerts === 1 ? 'alert comes' : 'alerts come'} twice, under another ${label}`}
        >
          <p>{text}</p>
          <p class="hint-labels">
            {values.map((value) => (
              <LabelChip key={value} name={label} value={value} />
            ))}
            <span class="muted">for example of</span>
            {Object.entries(example).map(([name, value]) => (
              <LabelChip key={name} name={name} value={value} />
            ))}
          </p>
          <p>To be added to prometheus.yml of each of them:</p>
          <pre class="cluster-commands">{prometheusConfig}</pre>
          <CopyButton text={prometheusConfig} label="Copy" />
        </Notice>
      ))}
    </>
  );
}
