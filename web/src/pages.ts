/** Every page of the UI: where it is, what it is called, and how its code is had. All but the first come when asked for. */
import type { ComponentType } from 'preact';
import { NowPage } from './pages/now/now-page.tsx';

export interface PageProps {
  /** What stands in the path where the pattern has a `:name`. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Page {
  /** `/silences/:id`. Of several that fit the first counts. */
  readonly pattern: string;
  readonly title: string;
  /** As the navigation calls it; without one it is not there. */
  readonly nav?: string;
  /** Without frame and navigation: it is looked at from afar. */
  readonly isAlone?: true;
  /** One that is there at once. */
  readonly component?: ComponentType<PageProps>;
  /** Or one that comes when it is asked for. */
  readonly load?: () => Promise<ComponentType<PageProps>>;
}

/** In the order of the navigation. */
export const PAGES: readonly Page[] = [
  { pattern: '/', title: 'Now', nav: 'Now', component: NowPage },
  {
    pattern: '/silences',
    title: 'Silences',
    nav: 'Silences',
    load: () => import('./pages/silences/silences-page.tsx').then(({ SilencesPage }) => SilencesPage),
  },
  {
    pattern: '/silences/new',
    title: 'Silence',
    load: () => import('./pages/silences/silence-form-page.tsx').then(({ SilenceFormPage }) => SilenceFormPage),
  },
  {
    pattern: '/silences/:id',
    title: 'Silence',
    load: () => import('./pages/silences/silence-page.tsx').then(({ SilencePage }) => SilencePage),
  },
  {
    pattern: '/alerts/:fingerprint',
    title: 'Alert',
    load: () => import('./pages/alerts/alert-page.tsx').then(({ AlertPage }) => AlertPage),
  },
  {
    pattern: '/groups/:id',
    title: 'Group',
    load: () => import('./pages/alerts/group-page.tsx').then(({ GroupPage }) => GroupPage),
  },
  {
    pattern: '/history',
    title: 'History',
    nav: 'History',
    load: () => import('./pages/history/history-page.tsx').then(({ HistoryPage }) => HistoryPage),
  },
  {
    pattern: '/receivers',
    title: 'Receivers',
    nav: 'Receivers',
    load: () => import('./pages/receivers/receivers-page.tsx').then(({ ReceiversPage }) => ReceiversPage),
  },
  {
    pattern: '/cluster',
    title: 'Cluster',
    nav: 'Cluster',
    load: () => import('./pages/cluster/cluster-page.tsx').then(({ ClusterPage }) => ClusterPage),
  },
  {
    pattern: '/routing',
    title: 'Routing',
    nav: 'Routing',
    load: () => import('./pages/routing/routing-page.tsx').then(({ RoutingPage }) => RoutingPage),
  },
  {
    pattern: '/status',
    title: 'Status',
    nav: 'Status',
    load: () => import('./pages/status/status-page.tsx').then(({ StatusPage }) => StatusPage),
  },
  {
    pattern: '/wall',
    title: 'Wall',
    isAlone: true,
    nav: 'Wall',
    load: () => import('./pages/wall/wall-page.tsx').then(({ WallPage }) => WallPage),
  },
];

export interface FoundPage {
  readonly page: Page;
  readonly parameters: Readonly<Record<string, string>>;
}

export function findPage(path: string, pages: readonly Page[] = PAGES): FoundPage | undefined {
  for (const page of pages) {
    const parameters = parametersOf(path, page.pattern);
    if (parameters !== undefined) return { page, parameters };
  }
  return undefined;
}

function parametersOf(path: string, pattern: string): Readonly<Record<string, string>> | undefined {
  const given = path.split('/');
  const wanted = pattern.split('/');
  if (given.length !== wanted.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':') && value !== '') parameters[part.slice(1)] = decoded(value);
    else if (part !== value) return undefined;
  }
  return parameters;
}

/** A stray `%` is the reader's to see. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
