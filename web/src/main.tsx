/** The start of the UI: what the node wrote into the page stays until the first page is there in its place. */
import './style/tokens.css';
import './style/base.css';
import { render } from 'preact';
import { startLive } from './api/live.ts';
import { startTicking } from './clock.ts';
import { Frame } from './parts/frame.tsx';
import { startPlace } from './place.ts';

const app = document.getElementById('app');
if (app !== null) {
  startPlace();
  startLive();
  startTicking();
  app.replaceChildren();
  render(<Frame />, app);
}
