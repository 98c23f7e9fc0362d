import type { PlaceLevel as Level } from '../../api/types';
import type { Match } from './types';

/** What is made most often: lanes and villages are estates and communities, a number is a building. */
export function likelyLevel(match: Match): Level {
  if (match.reason === 'group_unknown') return 'compound';
  if (match.reason === 'village_unknown')
    return /[一二三四五六七八九十]村$|新村/.test(match.text) ? 'compound' : 'community';
  if (match.reason === 'building_unknown' || /[号楼幢栋座]$/.test(match.text)) return 'building';
  return 'compound';
}

/** Levels that a person may make from a list of addresses. */
export const MADE_LEVELS: readonly Level[] = ['street', 'community', 'compound', 'building', 'unit'];

/** The name of the new place: the text without the division in front and without a final comma. */
export function likelyName(text: string): string {
  return text.replace(/[,，、;；。\s]+$/u, '');
}
