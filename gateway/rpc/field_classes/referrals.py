"""Referrals and dossiers: what each field of each message tells of."""

from __future__ import annotations

from typing import Final

REFERRALS: Final = """
Referral referral: referral_id agency stage allowed
ReferralStuck referral: reason agency since waits_for clock_id place
OpenReferralResponse referral: version
ReferralGap referral: rule weight text
RecordedReferralStep referral: agency holder recorded_at
ReferralStep referral: kind at document_number document_sha256 officers reasons to_agency effective_on
ReferralFacts dossier: county debtor uscc conducts excuse_proven serious_consequences listing_id
WorkerClaim worker: worker owed_fen unpaid_months
PaymentOrder dossier: document_number issued_on delivered_on delivery due_on
ReferralPayment referral: paid_on paid_fen paid_in_full compensation_paid document_number document_sha256
GetReferralResponse referral: version court_agreement
SendReferralResponse referral: court_agreement
TransportEvidence referral: place recipient state since
RecordedSilence referral: place recipient state since writer number
ReferralHold referral: hold_id item_id state placed_at until released_at
HoldWord referral: officer holder document_number reason
DossierKey plain: statement kid agency
DossierSignature plain: value chain
UploadEvidenceResponse referral: received_bytes whole
GetUploadResponse referral: received_bytes whole
DossierPart dossier: manifest
WrappedKey dossier: item_id recipient kid wrapped
DownloadDossierResponse dossier: content
InboxEntry referral: place referral_id recorded_at from_agency dossier_shared meaning without_evidence
ListInboxResponse referral: more
AcknowledgeInboxResponse referral: acknowledged
RecordPaymentResponse referral: meaning
"""
