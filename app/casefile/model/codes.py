"""Every code of the case file, in one place, each with where it comes from.

A code is what software counts, sorts and asks about; the words beside it are what people read.
Where practice has no agreed list the codes are this project's own, said so as "own".
"""

from typing import Literal

# --- children -----------------------------------------------------------------------------------
ChildStatus = Literal["unborn", "living", "missing", "died"]  # own; an unborn child keeps its id
Scope = Literal["handed_over", "information_only"]  # own; siblings may go different ways
# The kinds of move that local transfer procedures tell apart (Norfolk, Tees, Milton Keynes, Wales).
TransferType = Literal[
    "cp_permanent", "cp_temporary", "s47_open", "pre_proceedings", "child_in_need", "looked_after",
    "private_fostering", "recently_off_plan", "information_only",
]  # fmt: skip
# DfE CIN census 2026, sex of the child: M, F, U (unknown); I (indeterminate) in older years.
Sex = Literal["female", "male", "indeterminate", "not_known"]
SiblingRelation = Literal["sibling", "half_sibling", "step_sibling", "adoptive_sibling", "other"]
NameKind = Literal["legal", "birth", "known_as", "previous", "alias", "married", "transliteration"]
# Why an identifier is absent; the Children's Wellbeing and Schools Act 2026 s.4 knows exceptions.
IdentifierGap = Literal[
    "not_known", "not_yet_issued", "not_registered_in_uk", "withheld_for_safety", "not_traced",
]  # fmt: skip
NeedArea = Literal[
    "health", "mental_health", "education", "special_educational_need", "disability",
    "development", "allergy", "medication", "immunisation", "dental", "speech_and_language",
    "identity", "emotional_and_behavioural", "immigration", "other",
]  # fmt: skip
RegistrationKind = Literal[
    "gp", "health_visiting", "school_nursing", "school", "nursery", "childminder", "dentist",
    "hospital", "maternity", "childrens_centre", "other",
]  # fmt: skip
RegistrationStatus = Literal["current", "former", "applied_for", "not_registered", "unknown"]
# The nations' law: Children Act 1989 (ss.8, 14A, 17, 20, 31, 35, 38, 44, 46, 100),
# Adoption and Children Act 2002 (s.21), Children's Hearings (Scotland) Act 2011.
LegalCode = Literal[
    "none", "pre_proceedings", "section_20", "police_protection", "emergency_protection_order",
    "interim_care_order", "care_order", "interim_supervision_order", "supervision_order",
    "child_arrangements_order", "special_guardianship_order", "wardship", "placement_order",
    "scottish_compulsory_supervision_order", "other",
]  # fmt: skip

# --- plans --------------------------------------------------------------------------------------
# A category belongs to its nation's scheme and is never mapped to another's.
CategoryScheme = Literal["england", "wales", "scotland", "northern_ireland", "other"]
# Working Together to Safeguard Children; CIN census codes NEG, PHY, SAB, EMO, MUL.
ENGLAND_CATEGORIES = frozenset({"neglect", "physical", "sexual", "emotional", "multiple"})
PlanKind = Literal[
    "child_protection", "child_in_need", "care_plan", "early_help", "pre_birth", "safety_plan",
    "pathway", "other",
]  # fmt: skip
ReviewResult = Literal[
    "continues", "ended", "stepped_down", "escalated", "adjourned", "transferred"
]
# What the plan changes for the child, judged at each review (own).
ProgressCode = Literal["achieved", "improved", "unchanged", "worse", "not_reviewed"]
OutcomeStatus = Literal["open", "achieved", "replaced", "ended"]
ActionStatus = Literal["open", "done", "dropped"]

# --- events, contacts and concerns --------------------------------------------------------------
Agency = Literal[
    "childrens_social_care", "emergency_duty_team", "early_help", "childrens_centre",
    "health_visiting", "school_nursing", "midwifery", "gp", "hospital", "community_paediatrics",
    "dentist", "ambulance", "child_mental_health", "adult_mental_health", "substance_misuse",
    "domestic_abuse_service", "police", "probation", "youth_justice", "school", "nursery",
    "childminder", "education_welfare", "housing", "adult_social_care", "fire_and_rescue",
    "cafcass", "court", "legal_services", "voluntary_sector", "immigration", "other_authority",
    "family", "community", "anonymous", "other",
]  # fmt: skip
# What happened: own, chosen so that patterns can be counted (missed contacts, injuries, moves).
EventKind = Literal[
    "birth", "death", "referral", "assessment", "conference", "core_group", "strategy_discussion",
    "home_visit", "attended_appointment", "missed_appointment", "no_access", "injury",
    "physical_signs", "allegation", "disclosure", "neglect_observed", "unsafe_supervision",
    "accident", "illness", "developmental_concern", "school_or_nursery_absence",
    "late_or_not_collected", "hygiene_or_clothing", "home_conditions", "domestic_abuse",
    "police_attendance", "arrest_or_conviction", "substance_misuse", "mental_health", "self_harm",
    "unsuitable_adults", "missing", "found", "exploitation", "change_of_address",
    "change_of_household", "change_of_worker", "change_of_legal_status", "family_contact",
    "respite_care", "support_accepted", "support_declined", "positive_care", "supervision",
    "information_shared", "other",
]  # fmt: skip
Significance = Literal["significant", "routine"]  # own
Impact = Literal[
    "positive", "negative", "mixed", "neutral", "unknown"
]  # Norfolk: positive, negative
Rating = Literal["red", "amber", "green"]  # Norfolk chronology template
# Why a child was not seen, or not seen or spoken to alone (own).
NotAlone = Literal[
    "not_yet", "too_young", "child_declined", "carer_refused", "carer_present", "no_access",
    "unsafe_to_do_so", "interpreter_needed", "advised_to_wait", "child_not_found", "not_attempted",
    "not_recorded", "other",
]  # fmt: skip
ContactPlace = Literal[
    "home", "school", "nursery", "childrens_centre", "clinic", "hospital", "office", "placement",
    "relatives_home", "community", "telephone", "video", "other",
]  # fmt: skip
ConcernKind = Literal[
    "allegation", "disclosure", "physical_signs", "incident", "observation", "report_by_other",
]  # fmt: skip
ConcernStatus = Literal["open", "closed"]
ClosedReason = Literal[
    "resolved", "unsubstantiated", "false", "duplicate", "passed_to_other_agency", "other",
]  # fmt: skip
FoundWhere = Literal["returned_home", "found_by_police", "found_by_family", "not_found", "other"]

# --- people -------------------------------------------------------------------------------------
Relation = Literal[
    "mother", "father", "adoptive_mother", "adoptive_father", "step_mother", "step_father",
    "mothers_partner", "fathers_partner", "foster_carer", "special_guardian", "kinship_carer",
    "maternal_grandmother", "maternal_grandfather", "paternal_grandmother", "paternal_grandfather",
    "grandparent", "sibling", "half_sibling", "step_sibling", "aunt", "uncle", "cousin",
    "other_relative", "lodger", "regular_visitor", "former_partner_of_parent", "family_friend",
    "neighbour", "alleged_harmer", "other",
]  # fmt: skip
MALE_CARERS = frozenset(
    {"father", "adoptive_father", "step_father", "mothers_partner", "fathers_partner"}
)
# Children Act 1989 ss.2-5, 8, 12, 14C, 33; Adoption and Children Act 2002 s.25.
ResponsibilityBasis = Literal[
    "birth_mother", "married_at_birth", "named_on_birth_certificate", "agreement", "court_order",
    "child_arrangements_order", "special_guardianship", "adoption", "care_order",
    "step_parent_agreement", "testamentary_guardian", "other", "not_known",
]  # fmt: skip
YesNo = Literal["yes", "no", "not_known"]
# Why no father or male carer is named for a child (DESIGN: the review's finding on fathers).
FatherAbsent = Literal["unknown", "not_sought", "sought_not_found", "withheld_for_safety"]
Engagement = Literal["good", "partial", "inconsistent", "poor", "refuses", "not_approached"]
Level = Literal["none", "low", "moderate", "high", "severe", "not_known"]
Trend = Literal["improving", "stable", "worsening", "fluctuating", "not_known"]
RestrictionKind = Literal[
    "police_bail", "court_bail", "release_under_investigation", "non_molestation_order",
    "occupation_order", "restraining_order", "domestic_violence_protection_order",
    "prohibited_steps_order", "sexual_harm_prevention_order", "licence_conditions",
    "working_agreement", "other",
]  # fmt: skip
AfterMove = Literal["continues", "needs_successor", "ends", "not_known"]
Involvement = Literal["current", "former", "expected"]
ServiceStatus = Literal["current", "expected", "waiting_list", "declined", "ended"]

# --- where and why ------------------------------------------------------------------------------
AddressKind = Literal["home", "temporary", "respite", "placement", "correspondence", "other"]
Confirmed = Literal["confirmed", "reported", "unknown"]
ProtectionReason = Literal[
    "domestic_abuse", "witness_protection", "adoption", "threat_to_child", "threat_to_carer",
    "honour_based_abuse", "forced_marriage", "trafficking", "court_order", "other",
]  # fmt: skip
Planned = Literal["planned", "unplanned", "avoidance_suspected", "not_known"]
Duration = Literal["permanent", "temporary", "unknown"]
Accommodation = Literal[
    "own", "family_or_friends", "refuge", "council_placed", "hospital", "other", "not_known",
]  # fmt: skip
MoveReason = Literal[
    "housing_offer", "eviction", "overcrowding", "domestic_abuse", "family_support", "work",
    "relationship", "homelessness", "fled_services", "placement", "custody", "other", "not_known",
]  # fmt: skip

# --- assessments, meetings, sharing -------------------------------------------------------------
AssessmentKind = Literal[
    "referral", "initial", "core", "child_and_family", "section_47", "pre_birth", "parenting",
    "specialist", "health", "education", "connected_person", "psychological", "early_help", "other",
]  # fmt: skip
# Named tools only; their descriptors are their owners' and are not copied.
NeglectTool = Literal[
    "graded_care_profile", "graded_care_profile_2", "child_care_and_development_checklist",
    "neglect_toolkit", "quality_of_care", "other",
]  # fmt: skip
MeetingKind = Literal[
    "initial_conference", "review_conference", "transfer_in_conference", "pre_birth_conference",
    "core_group", "strategy_discussion", "professionals_meeting", "child_in_need_review",
    "legal_planning", "family_group_conference", "looked_after_review", "other",
]  # fmt: skip
MeetingStatus = Literal["asked_for", "planned", "held", "cancelled", "refused"]
Attendance = Literal["present", "part", "report_only", "apologies", "absent", "not_invited"]
MinutesStatus = Literal["included", "coming", "not_taken", "withheld"]
Means = Literal[
    "secure_email", "email", "portal", "post", "by_hand", "telephone", "meeting", "other"
]
# UK GDPR articles 6 and 9, as the DfE's information sharing advice (2024) groups them.
LawfulBasis = Literal[
    "legal_obligation", "public_task", "vital_interests", "consent", "court_order",
    "safeguarding_of_children", "other",
]  # fmt: skip
FamilyTold = Literal["yes", "partly", "no"]
NotToldReason = Literal[
    "risk_to_child", "risk_to_another", "prejudice_investigation", "could_not_be_found",
    "not_yet", "other",
]  # fmt: skip

# --- handling, gaps and papers ------------------------------------------------------------------
HandlingCode = Literal[
    "open", "professionals_only", "not_to", "originator_consent", "court_permission",
    "legal_privilege",
]  # fmt: skip
RestrictedReason = Literal[
    "staff_or_relative", "protected_address", "adoption", "high_profile", "death_review", "other",
]  # fmt: skip
# high: a child may come to harm because the next worker does not know it on the first day (own).
Seriousness = Literal["high", "medium", "low"]
GapReason = Literal["coming_by", "not_held", "withheld", "not_applicable"]
AttachmentKind = Literal[
    "minutes", "confidential_minutes", "plan", "assessment", "chronology", "report",
    "court_document", "risk_assessment", "body_map", "photograph", "letter", "referral", "form",
    "genogram", "police_information", "health_record", "education_record", "supervision_record",
    "other",
]  # fmt: skip
SectionName = Literal[
    "children", "people", "professionals", "addresses", "moves", "legal", "needs", "registrations",
    "plans", "outcomes", "chronology", "concerns", "assessments", "neglect_grades",
    "risk_assessments", "meetings", "actions", "contacts", "missing_episodes", "supervision",
    "sharing", "services", "worker_changes", "earlier_handovers", "attachments",
]  # fmt: skip
