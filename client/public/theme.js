// Runs before the first paint, so that a person who chose a theme never sees the other one flash.
(function () {
  let chosen = null;
  try {
    chosen = localStorage.getItem('warroom.theme');
  } catch {
    // Storage is switched off: follow the system.
  }
  const dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
