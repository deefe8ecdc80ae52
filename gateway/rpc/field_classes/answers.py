"""Answers to questions, endings, grades and the record of calls: what each field of each message tells of."""

from __future__ import annotations

from typing import Final

ANSWERS: Final = """
Decision answer: verdict unverifiable_because rules_not_fired
Decision plain: valid_until
Measure answer: rule_id trigger effect adopted_by ends_by remedy instruction disputed basis_contested
Measure identity: party_uscc relation
Measure record: authority document_number record_id listed_on effective_from effective_until provenance
LegalBasis plain: document article level title
SecurityBound answer: kind surcharge_percent cap_basis_points cap_fen ordinary_rate_from ordinary_rate_to
    raised_rate_basis_points raised_fen
Incentive answer: rule_id entitlement suspended local_more_generous
Grade grade: scheme scheme_version letter period territory rule_id evaluation_number held_since changes_at
    confirmation_due explanation
GradeFact complaint: record_id kind document_number counts_from counts_until
IdentifiedEnterprise identity: uscc name name_sent known match_quality
EnterpriseCandidate identity: uscc name match_kind identified foldings matched_name borne_since borne_until likeness
    differences different_characters name_agrees business_status
CandidateRelation identity: relation uscc name
ResolveEnterpriseResponse plain: left_out
AnswerBasis plain: policy_profile policy_version policy_digest rules_digest replica_lag as_of known_at preview
SourceAge plain: feed age limit fresh
BatchItemDecision plain: item_id line_hash
ListingRecord listing: listing_id authority document_number listed_on delivered state effective_from effective_until
    disputed
FactRecord record: record_id authority document_number since until provenance
FactRecord answer: kind
Ending plain: ending_id case_refs more_cases reexamine instruction acknowledged_at more_decided_cases
    undecided_case_refs
Ending answer: kind record_kind ended_at known_since
Ending identity: uscc
Ending record: record_id authority document_number
AcknowledgeEndingResponse plain: acknowledged_at
RegisteredCase plain: case_id area case_ref part version decision_point consortia_fixed cutoff_at opened_at closed_at
    close_reason
EnterpriseRef identity: uscc name
CaseEvent plain: sequence case_id case_ref part of_sequence instruction acknowledged_at
CaseEvent identity: uscc
CaseEvent answer: kind seen_at
WeighedParty identity: uscc
WeighedParty answer: sequences
ListedCase answer: last_seen_at
ListedCase plain: first_sequence last_sequence unacknowledged acknowledge_by provisional overdue
RelatedBidders identity: uscc other_uscc
RelatedBidders answer: relation
ListRelatedBiddersResponse identity: unknown_usccs
CaseHeartbeat plain: sequence at
AcknowledgeCaseEventResponse plain: acknowledged_at
UnacknowledgedCaseEvent plain: agency sequence case_id acknowledge_by provisional overdue
UnacknowledgedCaseEvent answer: kind seen_at
UnacknowledgedCaseEvent identity: uscc
ClearAwardResponse answer: clearance
ClearAwardResponse access_log: receipt
ClearAwardResponse plain: origin index
PartyClearance identity: uscc
PartyClearance answer: verdict gaps
PartyClearance access_log: checked_at checked_point
UnacknowledgedEnding plain: ending_id agency acknowledge_by provisional overdue
UnacknowledgedEnding record: kind record_kind record_id document_number ended_at known_since
UnacknowledgedEnding identity: uscc
AcknowledgedEnding plain: ending_id agency acknowledge_by provisional acknowledged_at late
AcknowledgedEnding record: kind record_kind record_id document_number ended_at known_since
AcknowledgedEnding identity: uscc
SchemeExplanation plain: weighs
GradeChange complaint: step count letter shows_at before text
GradeStretch grade: letter rule_id since until
FiveSystemsCheck five_systems: record_id project checked_on real_name wage_account agent_payment deposit notice_board
    wage_account_funding
DepositExplanation five_systems: local_more_generous suspended
DepositEntitlement five_systems: rule_id percent rate_basis_points text
AccessEntry access_log: position agency role officer method outcome area decision_point case_ref usccs verdict item
    field assertion_fault officer_key officer_known officer_nonce
ApplyRetentionResponse plain: flawed erased following_writer following_number writer begun referrals_on_hold
RetentionCount plain: retention_class months due held
OwnGrade plain: weighs
OwnGrade grade: changes ahead
OwnGradeFact grade: kind count document_number counts_from counts_until text
QuestionAboutOwn access_log: asked_at agency agency_name method area decision_point purpose relations
"""
