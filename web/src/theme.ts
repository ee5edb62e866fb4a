/** Light or dark: as the device has it, until the reader chooses. The choice is this browser's and kept there. */
import { signal } from '@preact/signals';

export type Theme = 'device' | 'light' | 'dark';

/** Also known to theme-first.ts. */
const KEY = 'tocsin.theme';

export const theme = signal<Theme>(chosenTheme());

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === 'device') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  try {
    if (chosen === 'device') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, chosen);
  } catch {
    // Storage may be forbidden; then the choice lasts as long as the page.
  }
}

function chosenTheme(): Theme {
  try {
    const chosen = localStorage.getItem(KEY);
    return chosen === 'light' || chosen === 'dark' ? chosen : 'device';
  } catch {
    return 'device';
  }
}
