"""Records as they are shown whole, in changes and in files: what each field of each message tells of."""

from __future__ import annotations

from typing import Final

RECORDS: Final = """
ChangeSet plain: revision committed_at agency feed part last_part
Change record: kind record_id what listing_id authority document_number said persons
Change identity: uscc
Record plain: row source_key
Record identity: uscc name
Record record: authority document_number
EnterpriseProfile identity: name valid_from kind construction_unit head_office_uscc successor_of_uscc business_status
VerifiedComplaint complaint: accepted_on verified_on settled_on payment_order_number
ArrearsFinding arrears: found_on paid_on amount_fen workers malicious payment_order_number
FiveSystems five_systems: project real_name wage_account agent_payment deposit notice_board checked_on evidence_ref
    project_region wage_account_funding
ListingAct listing: listing_id act on at due_on corrected_on
ListingAct reason: reason
ListingChain listing: order_number order_delivered_on order_due_on pre_notice_number pre_notice_delivered_on
MajorViolationPublication publication: published_on display_until for_wages violation enterprise_name address
    representative_name main_facts handling_result decided_on secrecy_reviewed
AdministrativePenalty penalty: restriction decided_on restricts_from restricts_until violation_type violation_facts
    basis penalty_class content fine_fen confiscated_fen revoked_certificate revoked_certificate_number valid_until
    display_until shared_until retained_until authority_uscc data_source data_source_uscc remark
Conviction conviction: effective_on
PublishedNotice record: list published_on
RedListEntry red_list: listed_on until
GradeRecovery inspection: decided_on
Attachment inspection: record_id decided_on detached
LabourViolation inspection: decided_on item circumstances
IncidentAct inspection: change concerned_record_id joined_record_id decided_on
MaliciousClaim complaint: complaint_record_id decided_on
Post inspection: post held_from held_until
Licence licence: document_name licence_class certificate_name licence_number content decided_on valid_from valid_until
    state authority_uscc data_source data_source_uscc remark
WageDeposit five_systems: project contract_amount_fen rate_basis_points deposited_fen form opened_on ended_on exempt
    contracted_on payment_notice_on bank_paid_on refilled_on return_notice_on project_region
CreditCommitment inspection: committed_on matter state closed_on
ExamRecord exam: exam article duration decided_on
RecruitmentRecord exam: recruiting_unit article duration decided_on
InsuranceSevereListing insurance: condition decided_on ends_on
PublicationObjection objection: publication_id received_on reviewed_on result corrected_on grounds answer_number
    answer
ListingElsewhere listing: listed_on expected_exit_on removed_on removed_by list_name
ListingElsewhere reason: reason basis
IdentityDispute inspection: disputed_on outcome decided_on
Withdrawal correction: record_id decided_on holds_until reason
ShownRepair correction: record_id shown_on rejected_on rejection_number rejection_reason
Objection objection: record_id about grounds received_on answered_on result answer_number answer
FeedConfirmed plain: feed current_until
Heartbeat plain: revision at
WithdrawRecordResponse identity: uscc
WithdrawRecordResponse prevention: correct_by provisional late
GetEnterpriseFileResponse plain: as_of
FileSummary plain: left_out
FileName identity: name valid_from valid_until business_status
FileRelation identity: relation uscc valid_from
FilePost inspection: record_id post held_from held_until
FileListing listing: state_now
FileListing listed_person: persons
FileMeeting meeting: meeting_id number held_on
FileVersion record: kind record_id listing_id said persons holds_from holds_until holding withdrawn_by
FileVersion plain: recorded_from recorded_until
FileRevision plain: revision committed_at agency feed request_id
ReportShownRepairResponse correction: record_id authority
RejectShownRepairResponse identity: uscc
AnswerObjectionResponse identity: uscc
FileObjectionResponse objection: objection_id authority received_on answer_by provisional
OwnObjection objection: objection_id about document_number case_ref authority received_on grounds answer_by
    provisional answered_on result answer_number answer
"""
