/** Holds the types of the register to the generated ones, as api/agreement.ts does for the rest. */
import type { Missing, None, Schemas } from '../../api/agreement';
import type * as hand from './types';

export type Agreement = [
  None<Missing<hand.PersonRow, Schemas['PeopleRow']>>,
  None<Missing<hand.PersonHit, Schemas['PeopleHit']>>,
  None<Missing<hand.Person, Schemas['PersonView']>>,
  None<Missing<hand.Care, Schemas['PeopleCareFact']>>,
  None<Missing<hand.Home, Schemas['PeopleHome']>>,
  None<Missing<hand.PersonEvent, Schemas['PeopleMoment']>>,
  None<Missing<hand.Household, Schemas['HouseholdView']>>,
  None<Missing<hand.HouseholdRow, Schemas['PeopleHouseholdRow']>>,
];
