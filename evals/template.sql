-- What makes a database of the evals say the same twice. Run once, on the template, after the schema and the sample rows.

-- Random ids become functions of what their rows are keyed by, so that arms, links and draws do not change from run to
-- run. A row without a key of its own is known by all that it holds.
create schema evals;

create function evals.steady_id() returns trigger language plpgsql as $$
declare
    given jsonb := to_jsonb(new) - 'id';
    known text := coalesce(given->>'key', (given->>'channel') || ':' || (given->>'chat'), given::text);
    old text := new.id::text;
begin
    new.id := md5(tg_table_name || ':' || known)::uuid;
    if strpos(given::text, old) > 0 then -- another column was made from the random one
        new := jsonb_populate_record(new, replace(to_jsonb(new)::text, old, new.id::text)::jsonb);
    end if;
    return new;
end
$$;

do $$
declare
    found record;
begin
    for found in
        select table_name from information_schema.columns
        where table_schema = 'public' and column_name = 'id' and column_default like '%gen_random_uuid%'
    loop
        execute format(
            'create trigger steady_id before insert on public.%I for each row execute function evals.steady_id()',
            found.table_name);
    end loop;
end
$$;

-- The sample world as it was, to go back to between two conversations.
create table evals.pristine (relation regclass primary key, copy regclass);

do $$
declare
    found record;
    filled boolean;
begin
    for found in
        select c.oid::regclass as relation, c.relname from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
            and c.relname <> 'prompt_versions' -- named by their content: what is there from before changes nothing
    loop
        execute format('select exists (select from %s)', found.relation) into filled;
        if filled then
            execute format('create table evals.%I as table public.%I', found.relname, found.relname);
        end if;
        insert into evals.pristine
        values (found.relation, case when filled then format('evals.%I', found.relname)::regclass end);
    end loop;
end
$$;

create table evals.sequences as
select format('%I.%I', schemaname, sequencename)::regclass as sequence, start_value, last_value
from pg_sequences where schemaname = 'public';

-- Everything that conversations leave behind goes; with `catalog` what a scenario changed of the sample world does too.
create function evals.reset(catalog boolean) returns void language plpgsql as $$
declare
    found record;
    columns text;
begin
    perform set_config('session_replication_role', 'replica', true);
    for found in select * from evals.pristine loop
        if found.copy is null then
            execute format('delete from %s', found.relation);
        elsif catalog then
            select string_agg(quote_ident(attname), ', ') into columns from pg_attribute
            where attrelid = found.relation and attnum > 0 and not attisdropped and attgenerated = '';
            execute format('delete from %s', found.relation);
            execute format('insert into %s (%s) overriding system value select %s from %s',
                found.relation, columns, columns, found.copy);
        end if;
    end loop;
    perform setval(sequence, coalesce(last_value, start_value), last_value is not null) from evals.sequences;
    perform set_config('session_replication_role', 'origin', true);
end
$$;
