/**
 * Runs before anything is painted: a reader who chose light or dark must not see the other one first, and a wall is dark by
 * itself. It imports nothing.
 */

try {
  const chosen = localStorage.getItem('tocsin.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  else if (location.pathname.endsWith('/wall')) document.documentElement.dataset.theme = 'dark';
} catch {
  // Storage may be forbidden; then it is as the device has it.
}
