/**
 * Holds the hand-written types to the generated ones: a field that the interface
 * reads and the server does not send fails the build here. `npm run api` refreshes schema.d.ts.
 *
 * The hand-written types stay because they say more: which texts are days, which
 * words a field can hold, and that lists of answers are never null.
 */
import type { components } from './schema';
import type * as hand from './types';

export type Schemas = components['schemas'];
type RequiredKeys<T> = { [K in keyof T]-?: Record<string, never> extends Pick<T, K> ? never : K }[keyof T];
/** Fields of H that S lacks; must be none. */
export type Missing<H, S> = Exclude<RequiredKeys<H>, keyof S>;
export type None<T extends never> = T;

/** One line for each answer that pages read. `PlaceDetail.ancestors` is made by the client from `above`. */
export type Agreement = [
  None<Missing<hand.Me, Schemas['Me']>>,
  None<Missing<hand.MyGrant, Schemas['GrantView']>>,
  None<Missing<hand.Session, Schemas['AccountsSession']>>,
  None<Missing<hand.TotpEnrolment, Schemas['Enrolment']>>,
  None<Missing<hand.Token, Schemas['AccountsToken']>>,
  None<Missing<hand.User, Schemas['UserView']>>,
  None<Missing<hand.OneTimeCode, Schemas['Issued']>>,
  None<Missing<hand.Role, Schemas['AccountsRoleInfo']>>,
  None<Missing<hand.Place, Schemas['PlaceView']>>,
  None<Missing<Omit<hand.PlaceDetail, 'ancestors'>, Schemas['PlaceDetail']>>,
  None<Missing<hand.Incident, Schemas['IncidentView']>>,
  None<Missing<hand.Phase, Schemas['PhaseView']>>,
  None<Missing<hand.Case, Schemas['CaseView']>>,
  None<Missing<hand.DayCount, Schemas['CountView']>>,
  None<Missing<hand.Round, Schemas['RoundView']>>,
  None<Missing<hand.Figures, Schemas['SituationFigures']>>,
  None<Missing<hand.Situation, Schemas['SituationSituation']>>,
  None<Missing<hand.Situation['completeness'], Schemas['SituationCompleteness']>>,
  None<Missing<hand.Drill, Schemas['SituationDrillWay']>>,
  None<Missing<hand.SeriesDay, Schemas['SituationSeriesDay']>>,
  None<Missing<hand.PlaceFigures, Schemas['SituationArea']>>,
  None<Missing<hand.Clearance, Schemas['SituationClearance']>>,
  None<Missing<hand.Criterion, Schemas['SituationCriterion']>>,
  None<Missing<hand.Evidence, Schemas['SituationEvidence']>>,
  None<Missing<hand.ClearanceTimeline['days'][number], Schemas['SituationTimelineDay']>>,
  None<Missing<hand.Pack, Schemas['ProtocolSummary']>>,
  None<Missing<hand.PackDetail, Schemas['PackView']>>,
  None<Missing<hand.PackParam, Schemas['ParamView']>>,
  None<Missing<hand.AuditEntry, Schemas['AuditEntry']>>,
  None<Missing<hand.AuditChange, Schemas['AuditChange']>>,
  None<Missing<hand.AuditVerification, Schemas['AuditReport']>>,
  None<Missing<hand.ImportSummary, Schemas['ImportView']>>,
];
