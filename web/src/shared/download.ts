/** One CSV cell: quoted when needed, and never a formula for the spreadsheet that opens it. */
export function csvCell(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
export function csvText(rows: (string | number | boolean | null | undefined)[][]): string {
  return `${rows.map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

function save(name: string, href: string) {
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  link.click();
}
/** Saves rows as a CSV file that Excel opens in the right encoding (UTF-8 with mark). */
export function downloadCsv(name: string, rows: (string | number | boolean | null | undefined)[][]) {
  const url = URL.createObjectURL(new Blob([`\ufeff${csvText(rows)}`], { type: 'text/csv;charset=utf-8' }));
  save(name, url);
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
export function downloadDataUrl(name: string, dataUrl: string) {
  save(name, dataUrl);
}
