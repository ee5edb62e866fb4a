/**
 * The system's Chromium, headless, as people use it: a phone in the hand, a screen on the desk. Whatever a page says on its
 * console as an error, every breach of its security policy, and every request to another host than its node's is kept, and
 * a test asks for it in the end.
 */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findProgram } from './real-process.ts';

export const CHROMIUM = 'chromium';
const ACTION_TIMEOUT_MS = 15_000;

export const SCREENS = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 } },
  wall: { viewport: { width: 1920, height: 1080 } },
} as const;
export type Screen = keyof typeof SCREENS;

export interface OpenOptions {
  readonly screen?: Screen;
  readonly colorScheme?: 'light' | 'dark';
  readonly javaScript?: boolean;
  /** Its own scripts do not arrive, but a test's may run. */
  readonly withoutScripts?: boolean;
}

/** One person's window. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** What went wrong in it so far; requests that failed since a node was down are not among it. */
  readonly complaints: readonly string[];
}

export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;

  static async start(): Promise<TestBrowser> {
    // No sandbox: tests may run as root, and the pages are ours.
    const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--force-color-profile=srgb'];
    return new TestBrowser(await chromium.launch({ executablePath: findProgram(CHROMIUM), args }));
  }

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  async open(url: string, options: OpenOptions = {}): Promise<OpenPage> {
    const { screen = 'desktop', colorScheme = 'light', javaScript = true } = options;
    const context = await this.#browser.newContext({
      ...SCREENS[screen],
      colorScheme,
      javaScriptEnabled: javaScript,
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(ACTION_TIMEOUT_MS);
    if (options.withoutScripts) await context.route('**/*.js', (route) => route.abort());
    const page = await context.newPage();
    const complaints: string[] = [];
    listen(context, page, { host: new URL(url).host, complaints });
    await page.goto(url);
    return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** On the page of what fires: the script stands where the node's own summary stood. */
export async function takenOver({ page }: OpenPage): Promise<void> {
  await page.getByRole('combobox').first().waitFor();
}

/** Its heading is there, and it waits for no answer any more. */
export async function atRest({ page }: OpenPage): Promise<void> {
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await page.locator('.loading, [aria-busy=true]').first().waitFor({ state: 'detached' });
}

/** What Chromium says on the console of its own accord when a server is down or refuses. */
const OF_THE_NETWORK = /^Failed to load resource|net::ERR_/;

function listen(
  context: BrowserContext,
  page: Page,
  { host, complaints }: { host: string; complaints: string[] },
): void {
  page.on('console', (message) => {
    if (message.type() === 'error' && !OF_THE_NETWORK.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog says ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('request', (request) => {
    const asked = URL.parse(request.url());
    if (asked?.protocol.startsWith('http') && asked.host !== host) complaints.push(`asks ${request.url()}`);
  });
}
