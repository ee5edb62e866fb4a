/** The start of the UI: what the node wrote into the page stays until the first page is there in its place. */
import './style/tokens.css';
import './style/base.css';
import { render } from 'preact';
import { startLive } from './api/live.ts';
import { after, startTicking } from './clock.ts';
import { Frame } from './parts/frame.tsx';
import { startPlace } from './place.ts';
import { prepareTakeOver, takeOver } from './take-over.ts';

/** Then the first page is shown without its answer. */
const LONGEST_WAIT_MS = 3_000;

const app = document.getElementById('app');
if (app !== null) {
  startPlace();
  startLive();
  startTicking();
  render(<Frame />, prepareTakeOver(app));
  after(LONGEST_WAIT_MS, takeOver);
}
