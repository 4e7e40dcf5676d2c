/** A moment as fields for dates and times have it: to the minute, in the reader's own time. */
export function localMinute(at: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return [day, [two(at.getHours()), two(at.getMinutes())].join(':')].join('T');
}
