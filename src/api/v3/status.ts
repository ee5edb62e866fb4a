/** GET /api/v3/status: this node, how it was started, and the configuration in force. What is secret is masked. */
import { formatApiTimestamp } from '../../model/timestamp.ts';
import type { StatusAnswer } from '../../shapes/status.ts';
import { jsonOf } from '../answers.ts';
import { BUILD_INFO } from '../build-info.ts';
import type { ApiDependencies } from '../dependencies.ts';

export function getStatus({ node, system }: Pick<ApiDependencies, 'node' | 'system'>): Response {
  const status = node.status();
  const config = node.config();
  const { lastReload, storage } = status;
  const answer: StatusAnswer = {
    now: formatApiTimestamp(system.now().wallMs),
    node: {
      id: status.id,
      name: status.name,
      version: status.version,
      revision: BUILD_INFO.revision,
      nodeVersion: process.version,
      startedAt: formatApiTimestamp(node.startedAtMs),
      isReady: node.isReady(),
    },
    flags: status.flags.map(({ name, value, isDefault }) => ({ name, value, isDefault })),
    configuration: {
      file: status.configFile,
      text: config.shown,
      hash: config.hash,
      loadedAt: formatApiTimestamp(status.configLoadedAtMs),
      lastReload: {
        at: formatApiTimestamp(lastReload.atMs),
        isSuccess: lastReload.error === '',
        error: lastReload.error,
      },
      warnings: [...status.configWarnings],
    },
    storage: { isHealthy: storage.isHealthy, error: storage.error, historyBytes: storage.historyBytes },
  };
  return jsonOf(200, answer);
}
