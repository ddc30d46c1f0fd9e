-- What holds for every function of the schema: names in it are looked up in the schema pg_catalog and nowhere else, so that
-- nobody can put a function of their own in the place of one of Postgres; and nobody may call it without a grant. The
-- exception is dsr.is_closed: the checks of a table call it with the rights of the role that inserts.
do $migration$
declare
    name text;
begin
    for name in
        select p.oid::regprocedure from pg_proc p where p.pronamespace = 'dsr'::regnamespace
    loop
        execute format('alter function %s set search_path = pg_catalog, pg_temp', name);
        if name <> 'dsr.is_closed(text)' then
            execute format('revoke execute on function %s from public', name);
        end if;
    end loop;
end
$migration$;
