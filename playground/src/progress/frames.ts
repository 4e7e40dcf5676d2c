const HIDDEN_FRAME_MS = 500;

/** Runs the function once, with the next frame; answers how to call it off. */
export function nextFrame(run: () => void): () => void {
  // A page in the background gets no frames; it still has to take in what it hears.
  if (document.hidden) return later(run, HIDDEN_FRAME_MS);
  const frame = requestAnimationFrame(run);
  return () => cancelAnimationFrame(frame);
}

/** Runs the function once, after about this many milliseconds; answers how to call it off. */
export function later(run: () => void, milliseconds: number): () => void {
  const timer = window.setTimeout(run, milliseconds);
  return () => window.clearTimeout(timer);
}
