-- The conversion predictor: what is known of a lead as of a moment, whose leads may be learned from, and the models.

-- Features of one lead as of one moment, for training and for serving alike; the same rows always give the same answer.
-- The person's own lines count up to and including `as_of`, because the decision of that moment has read them. What
-- came out of it (Brenda's lines, the tools that were called) has the same time and therefore counts only before.
-- Nothing that is overwritten in place is read: stage, source and profile come from the log, not from `leads`.
-- `present` is the moment itself while it is not in the log yet: {"stage", "lines": [text], "perception": {}}.
create function lead_features(of_lead uuid, as_of timestamptz, present jsonb default null) returns jsonb
language sql stable set search_path = public, pg_temp as $$
with said as (
    select id, turn_id, author, position, text, payload, created_at as at from messages
    where lead_id = of_lead
        and (created_at < as_of or (created_at = as_of and author = 'lead' and present is null))
    union all
    select 9223372036854775807, '', 'lead', line.place::int - 1, line.text,
        case when line.place = 1 then present->'perception' end, as_of
    from jsonb_array_elements_text(present->'lines') with ordinality as line (text, place)
), heard as (
    select *, text !~ '^\s*($|[/\[])' as free from said
    where author = 'lead' and text !~ '^\[(payment|deadline|advisor)\]'
), turns as (
    select turn_id, min(at) as at, min(id) as id, bool_or(free) as free, count(*) filter (where free) as lines,
        coalesce(sum(cardinality(regexp_split_to_array(btrim(text), '\s+'))) filter (where free), 0) as words,
        count(*) filter (where free and strpos(text, '?') > 0) as questions,
        coalesce(jsonb_agg(payload order by position) filter (where jsonb_typeof(payload) = 'object')->0, '{}') as read
    from heard group by turn_id
), paced as (
    select *, at - lag(at) over (order by at, id) as pause, lag(turn_id) over (order by at, id) as before from turns
), visits as (
    select *, count(*) filter (where pause > interval '30 minutes') over (order by at, id) as visit,
        count(*) filter (where pause > interval '30 minutes') over () as return_visits,
        before in (select turn_id from said where author = 'brenda') as answers
    from paced
), moods as (
    select coalesce(read->>'intent', 'general_question') as intent, coalesce(read->>'objection', 'none') as objection,
        coalesce(read->>'emotion', 'neutral') as emotion,
        case read->>'sentiment' when 'positive' then 1 when 'negative' then -1 else 0 end as mood,
        row_number() over (order by at desc, id desc) as ago
    from turns where free
), counted as (
    select count(*) filter (where free) as turns, coalesce(sum(lines), 0) as lines, coalesce(sum(words), 0) as words,
        coalesce(sum(questions), 0) as questions, coalesce(max(return_visits), 0) as return_visits,
        avg(extract(epoch from pause)) filter (where answers and pause <= interval '30 minutes') as response_seconds,
        coalesce(extract(epoch from max(at) - min(at) filter (where visit = return_visits)), 0) / 60
            as session_minutes
    from visits
), felt as (
    select count(*) filter (where objection <> 'none') as objections, count(distinct intent) as intents,
        count(*) filter (where intent = 'price_question') as price_questions,
        count(*) filter (where intent = 'buying_signal') as buying_signals,
        count(*) filter (where intent = 'wants_demo') as demo_wishes,
        count(*) filter (where intent = 'refusal') as refusals,
        coalesce(avg((mood > 0)::int), 0) as positive_share, coalesce(avg((mood < 0)::int), 0) as negative_share,
        coalesce(avg(mood) filter (where ago <= 3) - avg(mood) filter (where ago > 3), 0) as sentiment_trend,
        max(intent) filter (where ago = 1) as intent, max(objection) filter (where ago = 1) as objection,
        max(emotion) filter (where ago = 1) as emotion
    from moods
), used as (
    select count(*) filter (where kind = 'tool_used') as tools,
        max(payload->>'source') filter (where kind = 'initial_contact') as source
    from events where lead_id = of_lead and at < as_of and kind in ('tool_used', 'initial_contact')
), told as (
    select count(distinct field) as fields
    from said, jsonb_array_elements(
            case when jsonb_typeof(payload->'tools') = 'array' then payload->'tools' else '[]' end) as call,
        jsonb_object_keys(case when jsonb_typeof(call->'args') = 'object' then call->'args' else '{}' end) as field
    where author = 'brenda' and call->>'name' = 'update_profile' and call->'args'->field <> 'null'
        and coalesce(call->>'missing', '') in ('', 'bad_email', 'bad_timezone')
        and field in ('occupation', 'company', 'country', 'goal', 'experience', 'budget', 'availability', 'email')
        and (field <> 'email' or coalesce(call->>'missing', '') <> 'bad_email')
)
select jsonb_build_object(
    'response_seconds', response_seconds::float8,
    'words_per_message', (words::float8 / nullif(lines, 0)),
    'questions', questions,
    'tools', tools,
    'session_minutes', session_minutes::float8,
    'return_visits', return_visits,
    'engagement', (least(turns, 10) / 10.0 + least(questions, 5) / 5.0 + least(tools, 5) / 5.0
        + least(words / greatest(turns, 1), 20) / 20.0)::float8 / 4,
    'profile', fields / 8.0::float8,
    'turns', turns,
    'stage', coalesce(present->>'stage', (
        select stage from selections where lead_id = of_lead and at <= as_of order by at desc, id desc limit 1), ''),
    'intent', coalesce(intent, ''), 'objection', coalesce(objection, ''), 'emotion', coalesce(emotion, ''),
    'intents', intents,
    'price_questions', price_questions,
    'buying_signals', buying_signals,
    'demo_wishes', demo_wishes,
    'refusals', refusals,
    'objections', objections,
    'positive_share', positive_share::float8,
    'negative_share', negative_share::float8,
    'sentiment_trend', sentiment_trend::float8,
    'source', coalesce(source, ''),
    'hour', extract(hour from as_of at time zone 'UTC')::int
)
from counted, felt, used, told
$$;

comment on function lead_features(uuid, timestamptz, jsonb) is
    'Features of a lead as of a moment: response_seconds (mean pause before answering Brenda within a visit), '
    'words_per_message, questions, tools, session_minutes (of the visit under way; half an hour of silence ends one), '
    'return_visits, engagement (0 to 1: the mean of turns/10, questions/5, tools/5 and words a turn/20, each at most '
    '1), profile (share of its eight fields told), and stage, intents, objections, sentiment, source, hour (UTC).';
revoke execute on function lead_features(uuid, timestamptz, jsonb) from public;

-- Whose conversations may be learned from: the newest tick of this kind is a yes. Simulated prospects are nobody.
create view learning_leads with (security_invoker = true) as
select latest.lead_id
from (
    select distinct on (lead_id) lead_id, granted from consents where kind = 'learning' order by lead_id, at desc, id desc
) as latest
join leads on leads.id = latest.lead_id
where granted and leads.channel <> 'evals';

-- Every training's outcome. The active one is the newest that was activated and not withdrawn; without one, the
-- scorecard in the code serves. `model` holds plain numbers, never code.
create table predictors (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('random_forest', 'gradient_boosting', 'base_rate')),
    model jsonb not null check (jsonb_typeof(model) = 'object'),
    report jsonb not null check (jsonb_typeof(report) = 'object'),
    trained_at timestamptz not null,
    activated_at timestamptz,
    withdrawn_at timestamptz,
    check (withdrawn_at is null or activated_at is not null)
);
create index predictors_active on predictors (activated_at desc) where activated_at is not null and withdrawn_at is null;

alter table predictors enable row level security;
