/** Runs before anything is painted: a reader who chose light or dark must not see the other one first. It imports nothing. */

try {
  const chosen = localStorage.getItem('tocsin.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; then it is as the device has it.
}
