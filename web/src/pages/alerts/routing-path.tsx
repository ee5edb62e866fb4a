/** Why it went where it went: the way through the routing tree in plain words, and what would have been elsewhere, folded. */
import './routing-path.css';
import type { ExplainedRoute } from '../../../../src/shapes/alerts.ts';
import { type RoutingRow, routingRows, VERDICT_WORDS } from './routing-rows.ts';

export function RoutingPath({ routes }: { readonly routes: readonly ExplainedRoute[] }) {
  return (
    <section aria-labelledby="routing-heading" class="routing-path">
      <h2 id="routing-heading">Why it goes there</h2>
      <ol class="routing-rows">
        {routingRows(routes).map((row) => (
          <Row key={row.kind === 'route' ? row.route.id : `before ${row.routes[0]?.id}`} row={row} />
        ))}
      </ol>
    </section>
  );
}

/** Deeper trees than this exist; on a phone they must still be read. */
const MOST_INDENTS = 6;

function Row({ row }: { readonly row: RoutingRow }) {
  const depth = row.kind === 'route' ? row.route.depth : row.depth;
  const indent = `routing-depth-${Math.min(depth, MOST_INDENTS)}`;
  if (row.kind === 'route') {
    return (
      <li class={`routing-row ${indent} routing-${row.route.verdict === 'taken' ? 'taken' : 'through'}`}>
        <RouteWords route={row.route} />
      </li>
    );
  }
  const { routes } = row;
  return (
    <li class={`routing-row routing-others ${indent}`}>
      <details>
        <summary>{routes.length === 1 ? '1 route was not taken' : `${routes.length} routes were not taken`}</summary>
        <ol class="routing-rows">
          {routes.map((route) => (
            <li key={route.id} class={`routing-row routing-depth-${Math.min(route.depth - depth, MOST_INDENTS)}`}>
              <RouteWords route={route} />
            </li>
          ))}
        </ol>
      </details>
    </li>
  );
}

function RouteWords({ route }: { readonly route: ExplainedRoute }) {
  const { matchers, verdict, reason, receiver, depth } = route;
  const name = depth === 0 ? 'Every alert' : matchers.map(({ text }) => text).join(', ') || 'no matchers: everything';
  return (
    <>
      <p class="routing-name">
        <code>{name}</code> <span class="routing-verdict">{VERDICT_WORDS[verdict]}</span>
        {verdict === 'taken' && <strong> → {receiver}</strong>}
      </p>
      {reason && <p class="routing-reason">{reason}</p>}
    </>
  );
}
