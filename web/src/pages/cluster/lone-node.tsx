/** What a node that is alone says: that it works, what that means, and how it gets company. */
import { CopyButton } from '../../parts/copy-button.tsx';
import { Notice } from '../../parts/notice.tsx';

const COMMANDS = `# Once; then the same file on every host, for nobody else to read
tocsin cluster secret > cluster-secret

# On each host; naming one of the others is enough, all are better
tocsin --config.file=tocsin.yml --storage.path=data \\
  --cluster.secret-file=cluster-secret --cluster.peer-name=tocsin-1 \\
  --cluster.peer=tocsin-2:9094 --cluster.peer=tocsin-3:9094
`;

export function LoneNode() {
  return (
    <>
      <Notice kind="info" title="This node is alone">
        It takes alerts and tells people, but while it is down nobody does. With two more nodes on other hosts, pages go
        out as long as one of the three lives, and each goes out once.
      </Notice>
      <section class="page-part" aria-labelledby="cluster-more">
        <div class="page-part-head">
          <h2 id="cluster-more">How to get more nodes</h2>
          <CopyButton text={COMMANDS} label="Copy" />
        </div>
        <pre class="panel cluster-commands">{COMMANDS}</pre>
        <p class="muted">
          All nodes get the same configuration, and every Prometheus posts to all of them. The hosts reach each other on
          TCP port 9094. Nothing has to be stopped: nodes join while the others run.
        </p>
      </section>
    </>
  );
}
