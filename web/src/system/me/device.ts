/** A short name for a browser: "Chrome · Windows". Unknown ones are shown as they name themselves. */
export function deviceName(userAgent: string): string {
  const browser = [
    ['Edge', /Edg\//],
    ['WeChat', /MicroMessenger\//],
    ['QQ', /QQBrowser\//],
    ['Firefox', /Firefox\//],
    ['Chrome', /(Chrome|CriOS)\//],
    ['Safari', /Safari\//],
    ['curl', /^curl\//],
  ].find(([, pattern]) => (pattern as RegExp).test(userAgent))?.[0];
  const system = [
    ['Android', /Android/],
    ['iOS', /iPhone|iPad/],
    ['Windows', /Windows/],
    ['macOS', /Mac OS X/],
    ['HarmonyOS', /HarmonyOS|OpenHarmony/],
    ['Linux', /Linux/],
  ].find(([, pattern]) => (pattern as RegExp).test(userAgent))?.[0];
  return [browser, system].filter(Boolean).join(' · ') || userAgent || '–';
}
