/** What a node that is alone says: that it works, what that means, and how it gets company. */
import { CopyButton } from '../../parts/copy-button.tsx';
import { Notice } from '../../parts/notice.tsx';

const COMMANDS = `# Once; the same file on every host
tocsin cluster secret > cluster-secret

# On each host
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
          TCP port 9094. This node has to be started anew with these flags; from then on nodes come and go while the
          others run.
        </p>
      </section>
    </>
  );
}
