/** Status: this node, how it was started, and the configuration it runs, with what went wrong at the last reload. */
import './status-page.css';
import { useState } from 'preact/hooks';
import type { StatusAnswer } from '../../../../src/shapes/status.ts';
import { useAnswer } from '../../api/answer.ts';
import { Age } from '../../parts/age.tsx';
import { AnswerError } from '../../parts/answer-error.tsx';
import { Button } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { bytesWords } from '../../words/bytes.ts';
import { instantText } from '../../words/instant.ts';
import { FlagTable } from './flag-table.tsx';

export function StatusPage() {
  const { answer, error, reload } = useAnswer<StatusAnswer>('api/v3/status', {}, ['configuration', 'cluster']);
  return (
    <>
      <PageHead title="Status" summary={answer && <Summary answer={answer} />} />
      <div class="page-parts">
        <AnswerError error={error} hasAnswer={answer !== undefined} onRetry={reload} />
        {answer === undefined && error === undefined && <Loading />}
        {answer && <Troubles answer={answer} />}
        {answer && <ThisNode answer={answer} />}
        {answer && <Configuration configuration={answer.configuration} />}
        {answer && <FlagTable flags={answer.flags} />}
      </div>
    </>
  );
}

function Summary({ answer: { node } }: { readonly answer: StatusAnswer }) {
  return (
    <>
      {`${node.name}, Tocsin ${node.version}, up `}
      <Age since={node.startedAt} />
    </>
  );
}

function Troubles({ answer: { node, configuration, storage } }: { readonly answer: StatusAnswer }) {
  const { lastReload, warnings } = configuration;
  return (
    <>
      {!node.isReady && (
        <Notice kind="warning" title="This node is not ready yet">
          It gathers what its peers know; a load balancer should not send anybody here until it is done.
        </Notice>
      )}
      {!lastReload.isSuccess && (
        <Notice kind="error" title="The last reload failed">
          <p>
            <Age since={lastReload.at} after=" ago" />. The node runs on with the configuration it had. Mend the file,
            check it with <code>{`tocsin check-config ${configuration.file}`}</code>, and reload.
          </p>
          <pre class="status-error">{lastReload.error}</pre>
        </Notice>
      )}
      {!storage.isHealthy && (
        <Notice kind="error" title="The disk fails">
          <p>
            Alerts are taken and told all the same, but a restart may forget them. Look for room and errors on the disk.
          </p>
          <pre class="status-error">{storage.error}</pre>
        </Notice>
      )}
      {warnings.length > 0 && (
        <Notice kind="warning" title="The configuration is good, but">
          <ul class="status-warnings">
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

function ThisNode({ answer: { node, storage, configuration } }: { readonly answer: StatusAnswer }) {
  const { lastReload } = configuration;
  const facts: Fact[] = [
    ['Name', node.name],
    ['Id', <code>{node.id}</code>],
    ['State', <StateBadge tone={node.isReady ? 'good' : 'warning'} word={node.isReady ? 'ready' : 'not ready'} />],
    ['Version', node.revision && node.revision !== 'unknown' ? `${node.version} (${node.revision})` : node.version],
    ['Node.js', node.nodeVersion],
    ['Started', <Since instant={node.startedAt} />],
    [
      'Storage',
      <StateBadge tone={storage.isHealthy ? 'good' : 'bad'} word={storage.isHealthy ? 'healthy' : 'failing'} />,
    ],
    ['History on disk', storage.historyBytes === null ? 'not known' : bytesWords(storage.historyBytes)],
    [
      'Last reload',
      <>
        <StateBadge tone={lastReload.isSuccess ? 'good' : 'bad'} word={lastReload.isSuccess ? 'done' : 'failed'} />{' '}
        <Since instant={lastReload.at} />
      </>,
    ],
  ];
  return (
    <section class="page-part" aria-labelledby="status-node">
      <h2 id="status-node">This node</h2>
      <div class="panel">
        <Facts facts={facts} />
      </div>
    </section>
  );
}

function Since({ instant }: { readonly instant: string }) {
  return (
    <>
      {instantText(instant)} <span class="muted">(</span>
      <Age since={instant} after=" ago" />
      <span class="muted">)</span>
    </>
  );
}

function Configuration({ configuration }: { readonly configuration: StatusAnswer['configuration'] }) {
  const [isWrapped, setWrapped] = useState(false);
  return (
    <section class="page-part" aria-labelledby="status-configuration">
      <div class="page-part-head">
        <h2 id="status-configuration">Configuration in force</h2>
        <div class="page-head-actions">
          <Button aria-pressed={isWrapped} onClick={() => setWrapped(!isWrapped)}>
            Wrap lines
          </Button>
          <CopyButton text={configuration.text} label="Copy" />
        </div>
      </div>
      <p class="status-file">
        <code>{configuration.file}</code>, loaded <Age since={configuration.loadedAt} after=" ago" />, hash{' '}
        <code title={configuration.hash}>{configuration.hash.slice(0, 12)}</code>. Secrets are masked.
      </p>
      <section
        class="status-text panel"
        aria-label="The configuration as YAML"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the page is pushed sideways by keys, too.
        tabIndex={0}
      >
        <pre class={isWrapped ? 'wrapped' : undefined}>{configuration.text}</pre>
      </section>
    </section>
  );
}
