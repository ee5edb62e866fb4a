/** What surrounds every page: who this is and whether it answers, the way to the other pages, and the page itself. */
import './frame.css';
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { node } from '../api/live.ts';
import { findPage, PAGES, type Page, type PageProps } from '../pages.ts';
import { link, path } from '../place.ts';
import { takeOver } from '../take-over.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { Link } from './link.tsx';
import { Loading } from './loading.tsx';
import { Notice } from './notice.tsx';
import { ThemeButton } from './theme-button.tsx';
import { Toast } from './toast.tsx';

export function Frame() {
  const found = findPage(path.value);
  const title = found?.page.title ?? 'Not found';
  useEffect(() => {
    document.title = `${title} · Tocsin ${node.value}`;
  }, [title]);
  const told = useArrival(title);
  const isThereAtOnce = found?.page.component !== undefined;
  // The first page says itself when it has something to show.
  useEffect(() => {
    if (!isThereAtOnce) takeOver();
  }, [isThereAtOnce]);
  if (found?.page.isAlone) return <Shown page={found.page} parameters={found.parameters} />;
  return (
    <div class="frame">
      <a class="skip-link" href="#page">
        Skip to the content
      </a>
      <header class="frame-header">
        <Link to="/" class="frame-name">
          <TocsinMark />
          <span>Tocsin</span>
          <span class="frame-node">{node.value}</span>
        </Link>
        <Navigation />
        <ThemeButton />
      </header>
      <ConnectionBanner />
      {/* Focus comes here from the skip link. */}
      <main id="page" class="frame-page" tabIndex={-1}>
        {found ? (
          <Shown key={found.page.pattern} page={found.page} parameters={found.parameters} />
        ) : (
          <Notice kind="empty" title="There is no such page">
            <Link to="/">What fires now</Link>
          </Notice>
        )}
      </main>
      <p class="off-screen" role="status">
        {told}
      </p>
      <Toast />
    </div>
  );
}

/**
 * What is said of the page one came to by a link: a browser says it only of pages that it loads itself. Who was on the link,
 * which is gone with its page, is on the new page then, and not before everything.
 */
function useArrival(title: string): string {
  const [told, setTold] = useState('');
  const from = useRef(path.value);
  useEffect(() => {
    if (from.current === path.value) return;
    from.current = path.value;
    setTold(title);
    if (document.activeElement === document.body) document.getElementById('page')?.focus({ preventScroll: true });
  }, [path.value, title]);
  return told;
}

function Navigation() {
  const current = path.value.split('/')[1] ?? '';
  const nav = useRef<HTMLElement>(null);
  // On a phone not all pages fit; where one is must be seen. Only the row moves, never the page.
  useEffect(() => {
    const row = nav.current;
    if (row === null) return undefined;
    // Also once it has a width, which it has not before the page is shown.
    const watch = new ResizeObserver(() => {
      const link = row.querySelector<HTMLElement>('[aria-current="page"]');
      if (link) row.scrollLeft = link.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
    });
    watch.observe(row);
    return () => watch.disconnect();
  }, [current]);
  return (
    <nav class="frame-nav" aria-label="Pages" ref={nav}>
      <ul>
        {PAGES.filter(({ nav }) => nav !== undefined).map(({ pattern, nav }) => {
          const isCurrent = pattern.slice(1) === current;
          return (
            <li key={pattern}>
              <Link to={pattern} aria-current={isCurrent ? 'page' : undefined}>
                {nav}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** Code that came once is kept. */
const loaded = new Map<Page, ComponentType<PageProps>>();

function Shown({ page, parameters }: { readonly page: Page } & PageProps) {
  const [, setArrived] = useState<Page>();
  const [failed, setFailed] = useState<Page>();
  useEffect(() => {
    if (page.component !== undefined || page.load === undefined || loaded.has(page)) return;
    page.load().then(
      (component) => {
        loaded.set(page, component);
        setArrived(page);
      },
      () => setFailed(page),
    );
  }, [page]);
  const Component = page.component ?? loaded.get(page);
  if (Component !== undefined) return <Component parameters={parameters} />;
  if (failed !== page) return <Loading />;
  return (
    <Notice kind="error" title="This page could not be loaded">
      The node does not answer, or has another version by now. <a href={link(path.value)}>Load it again</a>
    </Notice>
  );
}

function TocsinMark() {
  return (
    <svg class="frame-mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 3.500a9 9 0 0 0-9 9v7.500l-3.500 5h25l-3.500-5v-7.500a9 9 0 0 0-9-9z" fill="currentColor" />
      <circle cx="16" cy="28" r="2.600" fill="currentColor" />
    </svg>
  );
}
