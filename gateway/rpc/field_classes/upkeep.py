"""Outcomes, persons, the log, and what operators see: what each field of each message tells of."""

from __future__ import annotations

from typing import Final

UPKEEP: Final = """
PersonDecision answer: verdict match_quality unverifiable_because
PersonDecision plain: valid_until
PersonCondition answer: kind instruction
PersonCondition record: record_ids
ReportOutcomeResponse access_log: outcome_id reported_at
ReportedOutcome access_log: outcome_id agency area case_ref decided_on decision_point document_number note officer
    emergency outcome part reexamined_ending_ids reported_at superseded_by supersedes uscc verdict
FulfilledCondition access_log: kind text
AnswerPosition access_log: writer number leaf_hash line_hash
GetBulletinResponse plain: keys size sha256
GetBulletinResponse listing: content
MissingOutcome access_log: answered_at case_ref decision_point due_on overdue provisional uscc verdict
ListMissingOutcomesResponse plain: due_working_days
DecidedCase access_log: reexamine
CaseDecidedOnEnding record: document_number known_since record_id
CaseDecidedOnEnding plain: ending_id
CaseDecidedOnEnding identity: uscc
ExportAccessResponse access_log: content manifest
ExportAccessResponse plain: proofs
GetReceiptResponse access_log: receipt
GetReceiptResponse plain: origin index
GetDayProofResponse access_log: proof
OpenEntryResponse access_log: receipt
OpenEntryResponse plain: origin
GetOwnDayProofResponse access_log: proof
GetCallCountResponse access_log: answered answered_total chain others others_total receipt root
ReleaseInvestigationResponse access_log: questions
ReleaseInvestigationResponse plain: released_before
ListAnomaliesResponse plain: left_out
Anomaly access_log: agency begins case_ref count ends kind officer positions role text threshold
GetCheckpointResponse plain: checkpoint key origin size
GetInclusionProofResponse plain: proof envelope origin index
GetConsistencyProofResponse plain: hashes checkpoint
ReplayDecisionResponse access_log: result difference_count not_compared hindrance
ReplayDifference access_log: field item then now
ReplayedInput plain: input then now
ReplayCount access_log: result count
SampledReplay access_log: writer number item result
ReplaySampleResponse access_log: looked_at
UncoveredAward access_log: row_id outcome_id area case_ref uscc agency awarded_on reason
NearestAnswer access_log: writer number item verdict answered_at valid_until
ListUncoveredAwardsResponse access_log: looked_at
QuestionSeries access_log: agency area questions
SignReviewResponse access_log: review_id
Review access_log: review_id agency officer officer_asserted origin first_index last_index since until checkpoint_size
    checkpoint_root findings text recorded
Caller plain: version recorded_at in_force proposed_by approved_by
Mandate plain: agency role name territory areas decision_points feeds fields authorities forwards purposes legal_basis
    bound_to_territory valid_from valid_until
MandateQuota plain: in_flight streams per_second per_day
MandateEnding plain: agency role ends_at
MandateProposal plain: proposal replaces_version proposed_by_agency proposed_by proposed_at reason document_number state
PolicyFile plain: name content
PolicyText plain: profile
PolicyProposal plain: proposal profile version digest holds_on replaces_number proposed_by_agency proposed_by
    proposed_at reason document_number state
PolicyVersion plain: number holds_from approved_at approved_by_agency approved_by
ListPoliciesResponse plain: number ends_at
PolicyFault plain: file tables field rule_id reason
DryRunPolicyResponse plain: fault_count policy_version policy_digest
DryRunPolicyResponse access_log: looked_at decided unchanged not_askable
DryRunChange access_log: area verdict_before verdict_after answers
DryRunExample access_log: writer number item decision_point rules_before rules_after uscc
DryRunRefusal access_log: area field answers
GetStatusResponse plain: healthy name next_review now started_at
StatusVersions plain: agencies_digest next_policy_at policy_digest policy_number policy_profile policy_version
    processing_digest rules_digest settings_digest software waiting_policy
StatusFreshness plain: clock_skew clock_skew_limit replica_lag replica_lag_limit
StatusRecord plain: commits committed entries failed last_batch last_commit pending pending_limit writer
RevokeCertificateResponse plain: already_revoked own
RevokedCertificate plain: agency document_number holder issuer number officer reason revoked_at revoked_by role
    serial_number sha256
StatusEnds plain: certificate last_authority last_revoked next_authority revocations revocations_written
    revoked_certificates
StatusDisk plain: free_bytes least_bytes size_bytes what
StatusLog plain: day_to_index origin signed since waiting
StatusLoad plain: in_flight streams
StatusOwedEvents plain: count oldest overdue
StatusReferrals plain: clocks_overdue not_delivered not_opened uploads_stuck
StatusRefusals plain: count reason
StatusPersonKeys plain: active count
StatusComplaint plain: about advice broken measured text trouble
"""
