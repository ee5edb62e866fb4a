/** Light, dark, or as the device has it: one button that goes round. */
import { chooseTheme, type Theme, theme } from '../theme.ts';
import { Button } from './button.tsx';

const NEXT: Readonly<Record<Theme, Theme>> = { device: 'light', light: 'dark', dark: 'device' };
const WORDS: Readonly<Record<Theme, string>> = { device: 'as on this device', light: 'light', dark: 'dark' };
const SIGNS: Readonly<Record<Theme, string>> = { device: '◐', light: '☀', dark: '☾' };

export function ThemeButton() {
  const now = theme.value;
  const words = `Colours: ${WORDS[now]}. Change to ${WORDS[NEXT[now]]}`;
  return (
    <Button kind="quiet" class="theme-button" aria-label={words} title={words} onClick={() => chooseTheme(NEXT[now])}>
      <span aria-hidden="true">{SIGNS[now]}</span>
    </Button>
  );
}
