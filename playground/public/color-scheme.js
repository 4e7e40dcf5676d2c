// Sets the colour scheme before the first paint, so that a dark page does not flash white.
(function () {
  var stored = null;
  try {
    stored = window.localStorage.getItem('docket.color-scheme');
  } catch {
    // Storage can be switched off; the system's scheme is used then.
  }
  var dark =
    stored === 'dark' || (stored !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
