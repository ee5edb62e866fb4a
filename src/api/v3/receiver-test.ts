/**
 * POST /api/v3/receivers/:name/test: sends a message marked as a test through the real path of a receiver and says what
 * became of each of its integrations. It rings real phones, so few at a time and never for a page of another origin.
 */
import { deadline } from '../../system.ts';
import { jsonOf } from '../answers.ts';
import { isCrossOrigin } from '../cors.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import { problem } from './problem.ts';

const MOST_TESTS_AT_ONCE = 4;
/** Longer than the slowest channel's attempt (mail, a minute). */
const TEST_DEADLINE_MS = 120_000;

export interface ReceiverTestOptions {
  readonly externalURL: string | undefined;
}

export function receiverTests(
  dependencies: Pick<ApiDependencies, 'node' | 'system'>,
  options: ReceiverTestOptions,
): (context: ApiContext) => Promise<Response> {
  const { node, system } = dependencies;
  let underWay = 0;
  return async (context) => {
    if (isCrossOrigin(context, options.externalURL)) {
      return problem(403, 'a receiver is not tested for a page of another origin; use `tocsin receiver test`');
    }
    if (underWay >= MOST_TESTS_AT_ONCE) {
      return problem(429, `${underWay} receiver tests are under way; wait for them to end`);
    }
    const name = context.req.param('name') ?? '';
    underWay++;
    try {
      using limit = deadline(system, TEST_DEADLINE_MS, answerWanted(context));
      const results = await node.testReceiver(name, limit.signal);
      if (results === undefined) {
        return problem(404, `no receiver is named ${JSON.stringify(name)}; /api/v3/receivers lists them`);
      }
      return jsonOf(200, { receiver: name, results });
    } finally {
      underWay--;
    }
  };
}
