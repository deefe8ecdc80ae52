"""Steps, clocks, warnings, imports, meetings and what is published: what each field of each message tells of."""

from __future__ import annotations

from typing import Final

REGISTRY: Final = """
SubmitRecordsResponse plain: stored unchanged held rejected staged
RowResult plain: row status
RowResult record: field why record_id
GetSubmissionResponse plain: messages
PersonRef listed_person: name
PersonRef person_number: document_type document_number
ListingStanding listing: listing_id stage conditions in_force next_steps objection_until must_be_revoked
ListingStanding identity: uscc
HinderedStep listing: act why until
RepairDates prevention: corrected_on eligible_o45 eligible_cr36 remind_on
ListingDuty prevention: rule_id due_on provisional done_on late
GetListingResponse listed_person: persons
RecordedListingAct listing: act on at document_number authority to_person
RecordedListingAct reason: said
Clock prevention: clock_id title source confirmed object_id authority holder kind started_on due_on due_on_unmoved
    due_on_moved provisional ends_at done_on colour alarm agency due_on_working_days
Clock identity: uscc
Timeliness plain: agency feed clock_id in_time late provisional longest_delay_days
Timeliness record: longest_delay_record_id
EarlyWarning prevention: kind rule_id record_ids on text project unknown
EarlyWarning identity: uscc name
ConveneMeetingResponse plain: version
RecordMinutesResponse plain: version
StepStanding meeting: step_id state
StepReport meeting: step_id document_number done_on text
ReportStepResponse plain: version
Meeting meeting: meeting_id
MeetingAgenda meeting: number held_on convened_by members
AgendaItem meeting: item_id text proposed_by shown_to enterprises
MeetingCase meeting: kind reference
MeetingMinutes meeting: document_number delivered_on attended
Resolution meeting: item_id text
AssignedStep meeting: step_id item_id agency text due_on working_days
MeetingVersion meeting: kind step_id version recorded_at agency
OwnStep meeting: meeting_id meeting_number minutes_number
ListPublishableResponse plain: as_of valid_until state unchanged
PublishableItem record: kind authority document_number decided_on published_on display_until disputed
PublishableItem plain: item_id
PublishableItem identity: uscc name
MajorViolationContent publication: violation address representative_name main_facts handling_result
EndedItem plain: item_id ended_at
WithheldItem record: kind record_id fields
WithheldItem identity: uscc
ImportBatch plain: batch feed state staged officer holder begun_at rows refused first_revision last_revision agreed_by
    decided_by decided_at reason document_number revoked_in
ImportDifference plain: digest since new_records changed unchanged ended held refused restricted relieved
    second_person
ImportEnded record: kind record_id
ImportEnded identity: uscc
ImportRefusal plain: row
ImportRefusal record: field why
EffectShift identity: uscc name
EffectShift record: relieved effect_before effect_after
ApproveImportResponse plain: stored unchanged held rejected waits_for_second_person
RevokeImportResponse plain: voided restored left waits_for_second_person
"""
